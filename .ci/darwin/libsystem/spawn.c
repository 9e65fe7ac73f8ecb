#include "libsystem.h"

int linux_open_flags(int flags);

// glibc's structures fit into the room that is set aside for macOS's, with ours behind them.
#define ACTIONS posix_spawn_file_actions_t *actions
#define ATTRIBUTES posix_spawnattr_t *attributes
#define SAME(name, parameters, arguments) MAC(int, name, parameters) { return REAL(name) arguments; }

// The descriptors that file actions name, a bit each.
static uint64_t *named(const ACTIONS) { return (uint64_t *)((char *)actions + 256); }
static void name(const ACTIONS, int file) {
  if (file < 64) *named(actions) |= 1ull << file;
}
static int *cloexec_default(const ATTRIBUTES) { return (int *)((char *)attributes + 400); }

// kern_exec.c, exec_handle_file_actions and fdexec: with POSIX_SPAWN_CLOEXEC_DEFAULT, what no action names is closed.
static void close_others(ACTIONS) {
  DIR *directory = REAL(opendir)("/proc/self/fd");
  for (struct dirent *entry; (entry = REAL(readdir)(directory)) != NULL;) {
    int file = atoi(entry->d_name);
    if (entry->d_name[0] == '.' || (file < 64 && *named(actions) >> file & 1)) continue;
    if ((REAL(fcntl)(file, F_GETFD) & FD_CLOEXEC) == 0) REAL(posix_spawn_file_actions_addclose)(actions, file);
  }
  REAL(closedir)(directory);
}

MAC(int, posix_spawnp, (pid_t *pid, const char *file, ACTIONS, const ATTRIBUTES, char *const *argv, char *const *envp)) {
  if (*cloexec_default(attributes)) close_others(actions);
  int failure = REAL(posix_spawnp)(pid, file, actions, attributes, argv, envp);
  return failure == 0 ? 0 : darwin_errno_of(failure);
}
MAC(int, posix_spawn_file_actions_init, (ACTIONS)) {
  *named(actions) = 0;
  return REAL(posix_spawn_file_actions_init)(actions);
}
SAME(posix_spawn_file_actions_destroy, (ACTIONS), (actions))
MAC(int, posix_spawn_file_actions_adddup2, (ACTIONS, int from, int to)) {
  name(actions, to);
  return REAL(posix_spawn_file_actions_adddup2)(actions, from, to);
}
SAME(posix_spawn_file_actions_addclose, (ACTIONS, int file), (actions, file))
SAME(posix_spawn_file_actions_addchdir_np, (ACTIONS, const char *path), (actions, path))
MAC(int, posix_spawnattr_init, (ATTRIBUTES)) {
  *cloexec_default(attributes) = 0;
  return REAL(posix_spawnattr_init)(attributes);
}
SAME(posix_spawnattr_destroy, (ATTRIBUTES), (attributes))
MAC(int, posix_spawn_file_actions_addopen, (ACTIONS, int file, const char *path, int flags, mode_t mode)) {
  name(actions, file);
  return REAL(posix_spawn_file_actions_addopen)(actions, file, path, linux_open_flags(flags), mode);
}
MAC(int, posix_spawnattr_setflags, (ATTRIBUTES, short flags)) {
  short result = flags & (D_POSIX_SPAWN_SETSIGDEF | D_POSIX_SPAWN_SETSIGMASK);
  if (flags & D_POSIX_SPAWN_SETSID) result |= POSIX_SPAWN_SETSID;
  *cloexec_default(attributes) = (flags & D_POSIX_SPAWN_CLOEXEC_DEFAULT) != 0;
  return REAL(posix_spawnattr_setflags)(attributes, result);
}

// macOS's sets have 32 bits: all of them, or none, is what is asked for.
static sigset_t widened(const uint32_t *from) {
  sigset_t set;
  *from == 0 ? REAL(sigemptyset)(&set) : REAL(sigfillset)(&set);
  return set;
}
MAC(int, posix_spawnattr_setsigmask, (ATTRIBUTES, const uint32_t *from)) {
  sigset_t set = widened(from);
  return REAL(posix_spawnattr_setsigmask)(attributes, &set);
}
MAC(int, posix_spawnattr_setsigdefault, (ATTRIBUTES, const uint32_t *from)) {
  sigset_t set = widened(from);
  return REAL(posix_spawnattr_setsigdefault)(attributes, &set);
}
