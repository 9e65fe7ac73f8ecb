#include "libsystem.h"

int linux_open_flags(int flags);

// glibc's structures fit into the room that is set aside for macOS's.
#define ACTIONS posix_spawn_file_actions_t *actions
#define ATTRIBUTES posix_spawnattr_t *attributes
#define SAME(name, parameters, arguments) MAC(int, name, parameters) { return REAL(name) arguments; }

MAC(int, posix_spawnp, (pid_t *pid, const char *file, const ACTIONS, const ATTRIBUTES, char *const *argv, char *const *envp)) {
  int failure = REAL(posix_spawnp)(pid, file, actions, attributes, argv, envp);
  return failure == 0 ? 0 : darwin_errno_of(failure);
}
SAME(posix_spawn_file_actions_init, (ACTIONS), (actions))
SAME(posix_spawn_file_actions_destroy, (ACTIONS), (actions))
SAME(posix_spawn_file_actions_adddup2, (ACTIONS, int from, int to), (actions, from, to))
SAME(posix_spawn_file_actions_addclose, (ACTIONS, int file), (actions, file))
SAME(posix_spawn_file_actions_addchdir_np, (ACTIONS, const char *path), (actions, path))
SAME(posix_spawnattr_init, (ATTRIBUTES), (attributes))
SAME(posix_spawnattr_destroy, (ATTRIBUTES), (attributes))
MAC(int, posix_spawn_file_actions_addopen, (ACTIONS, int file, const char *path, int flags, mode_t mode)) {
  return REAL(posix_spawn_file_actions_addopen)(actions, file, path, linux_open_flags(flags), mode);
}
MAC(int, posix_spawnattr_setflags, (ATTRIBUTES, short flags)) {
  short result = flags & (D_POSIX_SPAWN_SETSIGDEF | D_POSIX_SPAWN_SETSIGMASK);
  if (flags & D_POSIX_SPAWN_SETSID) result |= POSIX_SPAWN_SETSID;
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
