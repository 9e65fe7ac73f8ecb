#include "libsystem.h"

// What Linux shows as files and macOS does not.
static int is_linux_only(const char *path) {
  const char *roots[] = {"/proc", "/sys", "/dev/shm", "/run/user"};
  for (size_t n = 0; n < sizeof roots / sizeof *roots; n++) {
    size_t length = strlen(roots[n]);
    if (strncmp(path, roots[n], length) == 0 && (path[length] == 0 || path[length] == '/')) return 1;
  }
  return 0;
}

static int linux_flags(int flags) {
  int result = flags & 3;
  if (flags & D_O_NOCTTY) result |= O_NOCTTY;
  if (flags & D_O_NONBLOCK) result |= O_NONBLOCK;
  if (flags & D_O_APPEND) result |= O_APPEND;
  if (flags & D_O_NOFOLLOW) result |= O_NOFOLLOW;
  if (flags & D_O_CREAT) result |= O_CREAT;
  if (flags & D_O_TRUNC) result |= O_TRUNC;
  if (flags & D_O_EXCL) result |= O_EXCL;
  if (flags & D_O_CLOEXEC) result |= O_CLOEXEC;
  return result;
}

int linux_open_flags(int flags) { return linux_flags(flags); }

#define ABSENT(path) if (is_linux_only(path)) return refused(D_ENOENT)

MAC(int, open, (const char *path, int flags, int mode)) {
  ABSENT(path);
  return told(REAL(open)(path, linux_flags(flags), mode));
}
MAC(int, close, (int file)) { return told(REAL(close)(file)); }
MAC(ssize_t, read, (int file, void *bytes, size_t length)) { return told(REAL(read)(file, bytes, length)); }
MAC(ssize_t, write, (int file, const void *bytes, size_t length)) { return told(REAL(write)(file, bytes, length)); }
MAC(ssize_t, pread, (int file, void *bytes, size_t length, off_t at)) { return told(REAL(pread)(file, bytes, length, at)); }
MAC(off_t, lseek, (int file, off_t offset, int whence)) { return told(REAL(lseek)(file, offset, whence)); }
MAC(int, rename, (const char *from, const char *to)) { return told(REAL(rename)(from, to)); }
MAC(int, unlink, (const char *path)) { ABSENT(path); return told(REAL(unlink)(path)); }
MAC(int, mkdir, (const char *path, mode_t mode)) { ABSENT(path); return told(REAL(mkdir)(path, mode)); }
MAC(int, rmdir, (const char *path)) { ABSENT(path); return told(REAL(rmdir)(path)); }
MAC(int, mkfifo, (const char *path, mode_t mode)) { ABSENT(path); return told(REAL(mkfifo)(path, mode)); }
MAC(ssize_t, readlink, (const char *path, char *text, size_t room)) {
  ABSENT(path);
  return told(REAL(readlink)(path, text, room));
}
MAC(char *, realpath, (const char *path, char *text)) {
  char *result = REAL(realpath)(path, text);
  if (result == NULL) told(-1);
  return result;
}
MAC(int, access, (const char *path, int mode)) { ABSENT(path); return told(REAL(access)(path, mode)); }
MAC(int, flock, (int file, int operation)) { return told(REAL(flock)(file, operation)); }
MAC(int, ftruncate, (int file, off_t length)) { return told(REAL(ftruncate)(file, length)); }
MAC(int, dup2, (int from, int to)) { return told(REAL(dup2)(from, to)); }
MAC(int, chdir, (const char *path)) { return told(REAL(chdir)(path)); }
MAC(mode_t, umask, (mode_t mask)) { return REAL(umask)(mask); }
MAC(int, linkat, (int from, const char *old, int to, const char *new, int flags)) {
  return told(REAL(linkat)(from, old, to, new, flags));
}
MAC(int, fchmod, (int file, mode_t mode)) { return told(REAL(fchmod)(file, mode)); }
MAC(int, pipe, (int *ends)) { return told(REAL(pipe)(ends)); }
MAC(int, fcntl, (int file, int command, int argument)) {
  switch (command) {
    case D_F_GETFD: return told(REAL(fcntl)(file, F_GETFD));
    case D_F_SETFD: return told(REAL(fcntl)(file, F_SETFD, argument));
    case D_F_GETFL: {
      int flags = REAL(fcntl)(file, F_GETFL);
      if (flags == -1) return told(-1);
      return (flags & 3) | (flags & O_NONBLOCK ? D_O_NONBLOCK : 0) | (flags & O_APPEND ? D_O_APPEND : 0);
    }
    case D_F_SETFL: return told(REAL(fcntl)(file, F_SETFL, linux_flags(argument)));
    case D_F_DUPFD_CLOEXEC: return told(REAL(fcntl)(file, F_DUPFD_CLOEXEC, argument));
  }
  return refused(D_EINVAL);
}

// sys_generic.c, poll: who asks for nothing is told nothing, and a pipe without a reader has hung up.
MAC(int, poll, (struct pollfd *entries, nfds_t count, int time)) {
  struct pollfd asked[count + 1];
  for (nfds_t n = 0; n < count; n++) {
    asked[n] = entries[n];
    if (entries[n].events == 0) asked[n].fd = -1;
  }
  int result = REAL(poll)(asked, count, time);
  for (nfds_t n = 0; n < count; n++) {
    short told = asked[n].revents;
    entries[n].revents = told & POLLERR ? (told & ~(POLLERR | POLLOUT)) | POLLHUP : told;
  }
  return told(result);
}

static int filled(int result, const struct stat *from, char *to) {
  if (result == -1) return told(-1);
  memset(to, 0, STAT_SIZE);
  *(int32_t *)(to + STAT__st_dev) = from->st_dev;
  *(uint16_t *)(to + STAT__st_mode) = from->st_mode;
  *(uint64_t *)(to + STAT__st_ino) = from->st_ino;
  *(uint32_t *)(to + STAT__st_uid) = from->st_uid;
  *(uint64_t *)(to + STAT__st_size) = from->st_size;
  return 0;
}

int mac_fstat(int, char *) __asm__("fstat$INODE64");
__attribute__((visibility("default"))) int mac_fstat(int file, char *to) {
  struct stat status;
  return filled(REAL(fstat)(file, &status), &status, to);
}

int mac_fstatat(int, const char *, char *, int) __asm__("fstatat$INODE64");
__attribute__((visibility("default"))) int mac_fstatat(int from, const char *path, char *to, int flags) {
  struct stat status;
  ABSENT(path);
  if (from != D_AT_FDCWD) return refused(D_EBADF);
  int stay = flags & D_AT_SYMLINK_NOFOLLOW ? AT_SYMLINK_NOFOLLOW : 0;
  return filled(REAL(fstatat)(AT_FDCWD, path, &status, stay), &status, to);
}

DIR *mac_opendir(const char *) __asm__("opendir$INODE64");
__attribute__((visibility("default"))) DIR *mac_opendir(const char *path) {
  DIR *directory = is_linux_only(path) ? NULL : REAL(opendir)(path);
  if (directory == NULL) is_linux_only(path) ? refused(D_ENOENT) : told(-1);
  return directory;
}

void *mac_readdir(DIR *) __asm__("readdir$INODE64");
__attribute__((visibility("default"))) void *mac_readdir(DIR *directory) {
  static _Thread_local char to[DIRENT_SIZE];
  struct dirent *entry = REAL(readdir)(directory);
  if (entry == NULL) return NULL;
  size_t length = strlen(entry->d_name) + 1;
  memcpy(to + DIRENT__d_name, entry->d_name, length);
  *(uint16_t *)(to + DIRENT__d_reclen) = (DIRENT__d_name + length + 7) / 8 * 8;
  return to;
}
MAC(int, closedir, (DIR *directory)) { return told(REAL(closedir)(directory)); }

MAC(size_t, confstr, (int name, char *text, size_t room)) {
  if (name != D__CS_DARWIN_USER_DIR && name != D__CS_DARWIN_USER_TEMP_DIR) return refused(D_EINVAL), 0;
  // Where the tests look for what is left behind.
  return snprintf(text, room, "/tmp/procref-%d/", REAL(geteuid)()) + 1;
}

// libproc: who has the file open, whichever way.
MAC(int, proc_listpidspath, (uint32_t type, uint32_t argument, const char *path, uint32_t flags, int *pids, int room)) {
  int found = 0;
  DIR *all = REAL(opendir)("/proc");
  for (struct dirent *one; (one = REAL(readdir)(all)) != NULL && found < room / 4;) {
    char folder[300], link[600], target[4096];
    if (atoi(one->d_name) == 0) continue;
    snprintf(folder, sizeof folder, "/proc/%s/fd", one->d_name);
    DIR *files = REAL(opendir)(folder);
    for (struct dirent *each; files != NULL && (each = REAL(readdir)(files)) != NULL;) {
      snprintf(link, sizeof link, "%s/%s", folder, each->d_name);
      ssize_t length = REAL(readlink)(link, target, sizeof target - 1);
      if (length < 0 || (target[length] = 0, strcmp(target, path) != 0)) continue;
      pids[found++] = atoi(one->d_name);
      break;
    }
    if (files != NULL) REAL(closedir)(files);
  }
  REAL(closedir)(all);
  return 4 * found;
}
