#include "libsystem.h"

// A queue for one event: at first a counter that nobody adds to, then, under the same number, what is readable when the
// queue would be: a pidfd from the end of its process on, or inotify(7) for a file.

MAC(int, kqueue, (void)) { return told(REAL(eventfd)(0, EFD_CLOEXEC | EFD_NONBLOCK)); }

static int becomes(int queue, int other) {
  if (other == -1) return told(-1);
  REAL(dup3)(other, queue, O_CLOEXEC);
  REAL(close)(other);
  return 0;
}

static int watch_file(int queue, int file, int events) {
  char path[64];
  snprintf(path, sizeof path, "/proc/self/fd/%d", file);
  int watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  inotify_add_watch(watch, path, events);
  return becomes(queue, watch);
}

// Takes out one event, and with it, as EV_CLEAR says, what it tells of.
static int take(int queue) {
  char events[4096];
  return REAL(read)(queue, events, sizeof events) > 0;
}

MAC(int, kevent, (int queue, const char *changes, int count, void *events, int room, const void *time)) {
  if (count == 0 && room == 1 && time != NULL) return take(queue);
  if (count != 1 || room != 0) return refused(D_EINVAL);
  int16_t filter = *(int16_t *)(changes + KEVENT__filter);
  int pid = *(int64_t *)(changes + KEVENT__ident);
  uint32_t notes = *(uint32_t *)(changes + KEVENT__fflags);
  if (filter == D_EVFILT_USER && notes == D_NOTE_TRIGGER) return REAL(eventfd_write)(queue, 1);
  if (filter == D_EVFILT_VNODE && notes == (D_NOTE_WRITE | D_NOTE_EXTEND)) return watch_file(queue, pid, IN_MODIFY);
  if (filter == D_EVFILT_VNODE && notes == D_NOTE_ATTRIB) return watch_file(queue, pid, IN_ATTRIB);
  if (filter != D_EVFILT_PROC || notes != D_NOTE_EXIT) return refused(D_EINVAL);
  struct process process;
  // kern_event.c, filt_procattach: a zombie is found no more.
  if (!look(pid, &process) || is_zombie(&process)) return refused(D_ESRCH);
  return becomes(queue, syscall(SYS_pidfd_open, pid, O_NONBLOCK));
}
