#include "libsystem.h"

// A queue for one event: at first a counter that nobody adds to, then, under the same number, a pidfd, which is readable
// from the end of its process on as the queue would be.

MAC(int, kqueue, (void)) { return told(REAL(eventfd)(0, EFD_CLOEXEC | EFD_NONBLOCK)); }

MAC(int, kevent, (int queue, const char *changes, int count, void *events, int room, const void *time)) {
  if (count != 1 || room != 0) return refused(D_EINVAL);
  int16_t filter = *(int16_t *)(changes + KEVENT__filter);
  int pid = *(int64_t *)(changes + KEVENT__ident);
  uint32_t notes = *(uint32_t *)(changes + KEVENT__fflags);
  if (filter == D_EVFILT_USER && notes == D_NOTE_TRIGGER) return REAL(eventfd_write)(queue, 1);
  if (filter != D_EVFILT_PROC || notes != D_NOTE_EXIT) return refused(D_EINVAL);
  struct process process;
  // kern_event.c, filt_procattach: a zombie is found no more.
  if (!look(pid, &process) || is_zombie(&process)) return refused(D_ESRCH);
  int held = syscall(SYS_pidfd_open, pid, O_NONBLOCK);
  if (held == -1) return told(-1);
  REAL(dup3)(held, queue, O_CLOEXEC);
  REAL(close)(held);
  return 0;
}
