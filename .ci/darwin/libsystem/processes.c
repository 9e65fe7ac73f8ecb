#include "libsystem.h"

MAC(pid_t, getpid, (void)) { return REAL(getpid)(); }
MAC(uid_t, geteuid, (void)) { return REAL(geteuid)(); }
MAC(pid_t, getpgid, (pid_t pid)) { return told(REAL(getpgid)(pid)); }
MAC(pid_t, waitpid, (pid_t pid, int *status, int options)) {
  return told(REAL(waitpid)(pid, status, options & D_WNOHANG ? WNOHANG : 0));
}
MAC(int, setpriority, (int which, id_t who, int value)) { return told(REAL(setpriority)(which, who, value)); }
MAC(int, usleep, (useconds_t time)) { return told(REAL(usleep)(time)); }
MAC(char *, getenv, (const char *name)) { return REAL(getenv)(name); }
MAC(int, setenv, (const char *name, const char *value, int replace)) { return told(REAL(setenv)(name, value, replace)); }
MAC(int, unsetenv, (const char *name)) { return told(REAL(unsetenv)(name)); }
MAC(int, clock_gettime, (clockid_t clock, struct timespec *time)) {
  if (clock != D_CLOCK_MONOTONIC) return refused(D_EINVAL);
  return told(REAL(clock_gettime)(CLOCK_MONOTONIC, time));
}

// With no new action: of the old one, whether the signal is ignored.
MAC(int, sigaction, (int number, const void *new, char *old)) {
  struct sigaction action;
  int signal = linux_signal_of(number);
  if (signal == -1 || new != NULL) return refused(D_EINVAL);
  if (REAL(sigaction)(signal, NULL, &action) == -1) return told(-1);
  *(uint64_t *)(old + SIGACTION__sa_handler) = (uint64_t)action.sa_handler;
  return 0;
}

static int in_group(const struct process *process, int group) {
  return process->group == group;
}

// kern_sig.c, killpg1: a zombie counts as nobody, and a group of nobody as one that may not be signalled.
MAC(int, kill, (pid_t target, int number)) {
  int signal = linux_signal_of(number);
  if (signal == -1) return refused(D_EINVAL);
  if (target >= -1) return told(REAL(kill)(target, signal));
  int pids[4096], count = find(pids, 4096, in_group, -target), living = 0;
  for (int n = 0; n < count; n++) {
    struct process process;
    living += look(pids[n], &process) && !is_zombie(&process);
  }
  if (count > 0 && living == 0) return refused(D_EPERM);
  return told(REAL(kill)(target, signal));
}

// kern_exit.c, waitid: how a signal ended a process is told, which signal is not.
MAC(int, waitid, (idtype_t type, id_t id, char *to, int options)) {
  siginfo_t info = {0};
  int asked = 0;
  if (type != (idtype_t)D_P_PID) return refused(D_EINVAL);
  if (options & D_WNOHANG) asked |= WNOHANG;
  if (options & D_WSTOPPED) asked |= WSTOPPED;
  if (options & D_WEXITED) asked |= WEXITED;
  if (options & D_WNOWAIT) asked |= WNOWAIT;
  if (REAL(waitid)(P_PID, id, &info, asked) == -1) return told(-1);
  memset(to, 0, SIGINFO_SIZE);
  *(int *)(to + SIGINFO__si_code) = info.si_code;
  *(int *)(to + SIGINFO__si_pid) = info.si_pid;
  int status = info.si_code == CLD_EXITED ? info.si_status : 0;
  *(int *)(to + SIGINFO__si_status) = status;
  return 0;
}

static int darwin_status(int status) {
  return WIFSIGNALED(status) ? darwin_signal_of(WTERMSIG(status)) : status;
}

// As ps(1) of Linux counts.
static long boot_time(void) {
  static long boot;
  if (boot != 0) return boot;
  char text[65536] = {0};
  int file = REAL(open)("/proc/stat", O_RDONLY | O_CLOEXEC);
  REAL(read)(file, text, sizeof text - 1);
  REAL(close)(file);
  const char *found = strstr(text, "\nbtime ");
  return boot = found == NULL ? 1 : atol(found + 7);
}

// One entry of kern.proc: of zombies as well.
static void fill(const struct process *process, char *to) {
  memset(to, 0, KINFO_PROC_SIZE);
  *(int64_t *)(to + KINFO_PROC__kp_proc_p_starttime_tv_sec) = boot_time() + process->started / 100;
  *(int32_t *)(to + KINFO_PROC__kp_proc_p_starttime_tv_usec) = process->started % 100 * 10000;
  to[KINFO_PROC__kp_proc_p_stat] = is_zombie(process) ? D_SZOMB : 3;
  *(int32_t *)(to + KINFO_PROC__kp_proc_p_pid) = process->pid;
  *(uint16_t *)(to + KINFO_PROC__kp_proc_p_xstat) = darwin_status(process->exit_code);
  *(uint32_t *)(to + KINFO_PROC__kp_eproc_e_ucred_cr_uid) = process->owner;
  *(int32_t *)(to + KINFO_PROC__kp_eproc_e_ppid) = process->parent;
  *(int32_t *)(to + KINFO_PROC__kp_eproc_e_pgid) = process->group;
  memcpy(to + KINFO_PROC__kp_proc_p_comm, process->name, sizeof process->name);
}

static ssize_t slurp(int pid, const char *name, char *to, size_t room) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/%s", pid, name);
  int file = REAL(open)(path, O_RDONLY | O_CLOEXEC);
  if (file == -1) return -1;
  ssize_t length = 0, more;
  while ((more = REAL(read)(file, to + length, room - length)) > 0) length += more;
  REAL(close)(file);
  return length;
}

// True for the instant in which execve(2) of Linux has closed what closes on exec, so that who started the process goes
// on, and has not yet placed its words: none are read then. Where posix_spawn(2) of macOS returns they are there. (proc(5):
// fields 23 and 51 of stat.)
static int is_in_exec(int pid) {
  char text[2048] = {0}, state;
  unsigned long memory, environment_end;
  if (slurp(pid, "stat", text, sizeof text - 1) <= 0) return 0;
  int fields = sscanf(strrchr(text, ')') + 2,
      "%c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %*u %lu %*d "
      "%*u %*u %*u %*u %*u %*u %*u %*u %*u %*u %*u %*u %*u %*d %*d %*u %*u %*u %*u %*d %*u %*u %*u %*u %*u %*u %lu",
      &state, &memory, &environment_end);
  return fields == 3 && strchr("ZX", state) == NULL && memory != 0 && environment_end == 0;
}

// kern_sysctl.c, sysctl_procargsx: a number, the executable's path and some zeros, the arguments, the environment.
static int arguments(int pid, char *to, size_t *length) {
  struct process process;
  char path[64];
  if (!look(pid, &process) || is_zombie(&process)) return refused(D_EINVAL);
  snprintf(path, sizeof path, "/proc/%d/exe", pid);
  // As execve(2) was given it; of other processes Linux does not tell that.
  const char *given = pid == REAL(getpid)() ? (const char *)getauxval(AT_EXECFN) : NULL;
  size_t room = *length, at = 4;
  ssize_t executable = REAL(readlink)(path, to + at, 4096);
  if (executable == -1) return refused(D_EINVAL);
  to[at + executable] = 0;
  if (given != NULL && given[0] != '/') executable = strlen(strcpy(to + at, given));
  // Deno has no variable for a module that is loaded first: a script of that name gives it the option.
  const char *script = REAL(getenv)("PROCREF_DENO_AS_MAC");
  const char *name = strrchr(to + at, '/');
  if (script != NULL && name != NULL && strcmp(name, "/deno") == 0) executable = strlen(strcpy(to + at, script));
  at += executable;
  memset(to + at, 0, 4);
  at += 4;
  ssize_t words, variables;
  while ((words = slurp(pid, "cmdline", to + at, room - at)) == 0 && is_in_exec(pid)) REAL(sched_yield)();
  if (words == -1) return refused(D_EINVAL);
  int32_t count = 0;
  for (ssize_t n = 0; n < words; n++) count += to[at + n] == 0;
  memcpy(to, &count, 4);
  at += words;
  // Apple's own programs keep it to themselves, to all but their own process. The tests of services start few others.
  const char *program = to + 4;
  int restricted = strncmp(program, "/usr/bin/", 9) == 0 && pid != REAL(getpid)() &&
      REAL(getenv)("PROCREF_MAC_SHOWS_ALL") == NULL;
  *length = at;
  if (restricted) return 0;
  while ((variables = slurp(pid, "environ", to + at, room - at)) == 0 && is_in_exec(pid)) REAL(sched_yield)();
  if (variables == -1) return refused(D_EINVAL);
  *length = at + variables;
  return 0;
}

static int every(const struct process *process, int argument) { return 1; }

static int all(char *to, size_t *length) {
  static _Thread_local int pids[32768];
  int count = find(pids, 32768, every, 0);
  size_t room = to == NULL ? 0 : *length, at = 0;
  for (int n = 0; n < count; n++, at += KINFO_PROC_SIZE) {
    struct process process;
    if (to == NULL) continue;
    if (at + KINFO_PROC_SIZE > room) return refused(D_ENOMEM);
    if (look(pids[n], &process)) fill(&process, to + at);
    else at -= KINFO_PROC_SIZE;
  }
  *length = at;
  return 0;
}

MAC(int, sysctl, (int *name, unsigned count, void *old, size_t *length, void *new, size_t new_length)) {
  if (count < 3 || name[0] != D_CTL_KERN) return refused(D_ENOENT);
  if (name[1] == D_KERN_PROCARGS2) return arguments(name[2], old, length);
  if (name[1] == D_KERN_PROC && name[2] == D_KERN_PROC_PID && count == 4) {
    struct process process;
    int there = name[3] > 0 && look(name[3], &process);
    if (there) fill(&process, old);
    *length = there ? KINFO_PROC_SIZE : 0;
    return 0;
  }
  if (name[1] == D_KERN_PROC && name[2] == D_KERN_PROC_ALL) return all(old, length);
  return refused(D_ENOENT);
}

MAC(int, proc_pidinfo, (int pid, int flavor, uint64_t argument, char *to, int room)) {
  if (flavor == D_PROC_PIDLISTFDS && pid == REAL(getpid)()) {
    int at = 0;
    DIR *directory = REAL(opendir)("/proc/self/fd");
    for (struct dirent *entry; at + PROC_FDINFO_SIZE <= room && (entry = REAL(readdir)(directory)) != NULL;) {
      if (entry->d_name[0] == '.') continue;
      *(int32_t *)(to + at + PROC_FDINFO__proc_fd) = atoi(entry->d_name);
      at += PROC_FDINFO_SIZE;
    }
    REAL(closedir)(directory);
    return at;
  }
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/task/%d", pid, (int)argument);
  if (flavor == D_PROC_PIDTHREADID64INFO && room == PROC_THREADINFO_SIZE) {
    return REAL(access)(path, F_OK) == 0 ? room : (refused(D_ESRCH), 0);
  }
  return refused(D_EINVAL), 0;
}

MAC(int, proc_pidpath, (int pid, char *to, uint32_t room)) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/exe", pid);
  ssize_t length = REAL(readlink)(path, to, room);
  return length == -1 ? (refused(D_ESRCH), 0) : length;
}

MAC(int, pthread_threadid_np, (void *thread, uint64_t *number)) {
  *number = syscall(SYS_gettid);
  return 0;
}

// Of one's own processes. Times in units of mach_timebase_info, which is 1 ns here, as on Intel.
MAC(int, proc_pid_rusage, (int pid, int flavor, char *to)) {
  struct process process;
  if (flavor != D_RUSAGE_INFO_V4) return refused(D_EINVAL);
  if (!look(pid, &process) || is_zombie(&process)) return refused(D_ESRCH);
  memset(to, 0, RUSAGE_SIZE);
  *(uint64_t *)(to + RUSAGE__ri_user_time) = process.user * 10000000;
  *(uint64_t *)(to + RUSAGE__ri_system_time) = process.system * 10000000;
  *(uint64_t *)(to + RUSAGE__ri_resident_size) = process.resident * 4096;
  char status[4096] = {0};
  slurp(pid, "status", status, sizeof status - 1);
  const char *peak = strstr(status, "VmHWM:");
  uint64_t most = peak == NULL ? 0 : strtoull(peak + 6, NULL, 10) * 1024;
  *(uint64_t *)(to + RUSAGE__ri_lifetime_max_phys_footprint) = most;
  return 0;
}

MAC(int, mach_timebase_info, (uint32_t *fraction)) {
  fraction[0] = fraction[1] = 1;
  return 0;
}

MAC(int, sysctlbyname, (const char *name, void *old, size_t *length, void *new, size_t new_length)) {
  if (strcmp(name, "kern.bootsessionuuid") != 0) return refused(D_ENOENT);
  int file = REAL(open)("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
  memset(old, 0, *length);
  REAL(read)(file, old, 36);
  REAL(close)(file);
  *length = 37;
  return 0;
}
