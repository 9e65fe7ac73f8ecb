// macOS by number: every constant and structure of its C interface that we use, under its C name; the same on
// x86-64 and on arm64. `deno task abi` compares all of it with the headers of macOS.

import type { Constants, Layout } from "./types.ts";

/** Constants. */
export const DARWIN = {
  // <fcntl.h>, <unistd.h>, <sys/file.h>
  O_RDONLY: 0,
  O_WRONLY: 1,
  O_RDWR: 2,
  O_NONBLOCK: 4,
  O_APPEND: 8,
  O_NOFOLLOW: 0x100,
  O_CREAT: 0x200,
  O_TRUNC: 0x400,
  O_EXCL: 0x800,
  O_CLOEXEC: 0x1000000,
  AT_FDCWD: -2,
  AT_SYMLINK_NOFOLLOW: 0x20,
  F_GETFD: 1,
  F_SETFD: 2,
  F_GETFL: 3,
  F_SETFL: 4,
  F_DUPFD_CLOEXEC: 67,
  FD_CLOEXEC: 1,
  W_OK: 2,
  X_OK: 1,
  SEEK_SET: 0,
  LOCK_SH: 1,
  LOCK_EX: 2,
  LOCK_NB: 4,
  // <sys/stat.h>
  S_IFMT: 0xf000,
  S_IFREG: 0x8000,
  S_IFDIR: 0x4000,
  // <poll.h>
  POLLIN: 1,
  POLLOUT: 4,
  POLLERR: 8,
  POLLHUP: 16,
  // <sys/ipc.h>, <sys/sem.h>
  IPC_PRIVATE: 0,
  IPC_CREAT: 0o1000,
  IPC_NOWAIT: 0o4000,
  IPC_RMID: 0,
  IPC_STAT: 2,
  GETPID: 4,
  GETVAL: 5,
  GETALL: 6,
  SEM_UNDO: 0x1000,
  // <spawn.h>, <sys/wait.h>, <sys/signal.h>, <sys/resource.h>
  POSIX_SPAWN_SETSIGDEF: 0x04,
  POSIX_SPAWN_SETSIGMASK: 0x08,
  POSIX_SPAWN_SETSID: 0x400,
  POSIX_SPAWN_CLOEXEC_DEFAULT: 0x4000,
  WNOHANG: 1,
  WSTOPPED: 8,
  WEXITED: 4,
  WNOWAIT: 0x20,
  P_PID: 1,
  CLD_EXITED: 1,
  CLD_STOPPED: 5,
  SIGKILL: 9,
  SIGSTOP: 17,
  SIGCONT: 19,
  PRIO_PROCESS: 0,
  // <sys/sysctl.h>, <sys/proc.h>, <sys/proc_info.h>, <sys/resource.h>
  CTL_KERN: 1,
  KERN_PROC: 14,
  KERN_PROC_ALL: 0,
  KERN_PROC_PID: 1,
  KERN_PROCARGS2: 49,
  SZOMB: 5,
  PROC_PIDLISTFDS: 1,
  PROC_ALL_PIDS: 1,
  PROC_PIDTHREADID64INFO: 15,
  RUSAGE_INFO_V4: 4,
  // <sys/event.h>
  EVFILT_VNODE: -4,
  EVFILT_PROC: -5,
  EVFILT_USER: -10,
  EV_ADD: 1,
  EV_ONESHOT: 0x10,
  EV_CLEAR: 0x20,
  NOTE_WRITE: 2,
  NOTE_EXTEND: 4,
  NOTE_ATTRIB: 8,
  NOTE_EXIT: 0x80000000,
  NOTE_TRIGGER: 0x01000000,
  // <sys/mman.h>
  PROT_READ: 1,
  PROT_WRITE: 2,
  MAP_SHARED: 1,
  // <time.h>
  CLOCK_MONOTONIC: 6,
  // <os/clock.h>, <os/os_sync_wait_on_address.h>
  OS_CLOCK_MACH_ABSOLUTE_TIME: 32,
  OS_SYNC_WAIT_ON_ADDRESS_SHARED: 1,
  OS_SYNC_WAKE_BY_ADDRESS_SHARED: 1,
  // <unistd.h>
  _CS_DARWIN_USER_DIR: 65536,
  _CS_DARWIN_USER_TEMP_DIR: 65537,
  // <sys/socket.h>
  AF_UNIX: 1,
  AF_INET: 2,
  AF_INET6: 30,
  SOCK_STREAM: 1,
  SOCK_DGRAM: 2,
} as const satisfies Constants;

/** Error numbers (<sys/errno.h>). */
export const DARWIN_ERRNO = {
  EPERM: 1,
  ENOENT: 2,
  ESRCH: 3,
  EINTR: 4,
  EIO: 5,
  ENXIO: 6,
  E2BIG: 7,
  ENOEXEC: 8,
  EBADF: 9,
  ECHILD: 10,
  EAGAIN: 35,
  ENOMEM: 12,
  EACCES: 13,
  EFAULT: 14,
  EBUSY: 16,
  EEXIST: 17,
  ENODEV: 19,
  ENOTDIR: 20,
  EISDIR: 21,
  EINVAL: 22,
  ENFILE: 23,
  EMFILE: 24,
  EFBIG: 27,
  ENOSPC: 28,
  EROFS: 30,
  EPIPE: 32,
  ERANGE: 34,
  ENAMETOOLONG: 63,
  ENOSYS: 78,
  ENOTEMPTY: 66,
  ELOOP: 62,
  EIDRM: 90,
  EOVERFLOW: 84,
  EADDRINUSE: 48,
  EISCONN: 56,
  ETIMEDOUT: 60,
  EINPROGRESS: 36,
  EDQUOT: 69,
} as const satisfies Constants;

/** What IPC_STAT tells. */
export const SEMID_DS = {
  name: "struct semid_ds",
  room: 128,
  at: { "sem_perm.uid": 0, "sem_perm.cuid": 8, "sem_perm.mode": 16 },
} as const satisfies Layout;

/** What fstat(2) and fstatat(2) tell. */
export const STAT = {
  name: "struct stat",
  size: 144,
  at: { st_dev: 0, st_mode: 4, st_ino: 8, st_uid: 16, st_size: 96 },
} as const satisfies Layout;

/** An entry of readdir(3). */
export const DIRENT = {
  name: "struct dirent",
  size: 1048,
  at: { d_reclen: 16, d_name: 21 },
} as const satisfies Layout;

/** What sysctl(3) tells of a process: of anybody's, and of a zombie too. */
export const KINFO_PROC = {
  name: "struct kinfo_proc",
  size: 648,
  at: {
    "kp_proc.p_starttime.tv_sec": 0,
    "kp_proc.p_starttime.tv_usec": 8,
    "kp_proc.p_stat": 36,
    "kp_proc.p_pid": 40,
    "kp_proc.p_comm": 243,
    "kp_proc.p_xstat": 280,
    "kp_eproc.e_ucred.cr_uid": 420,
    "kp_eproc.e_ppid": 560,
    "kp_eproc.e_pgid": 564,
  },
} as const satisfies Layout;

/** An IPv4 socket's address: its length and its family are a byte each. */
export const SOCKADDR_IN = {
  name: "struct sockaddr_in",
  size: 16,
  at: { sin_len: 0, sin_family: 1, sin_port: 2, sin_addr: 4 },
} as const satisfies Layout;

/** A path's socket address. */
export const SOCKADDR_UN = {
  name: "struct sockaddr_un",
  size: 106,
  at: { sun_path: 2 },
} as const satisfies Layout;

/** What proc_pid_rusage tells of a process: times in units of mach_timebase_info, memory in bytes. */
export const RUSAGE = {
  name: "struct rusage_info_v4",
  size: 296,
  at: {
    ri_user_time: 16,
    ri_system_time: 24,
    ri_resident_size: 64,
    ri_lifetime_max_phys_footprint: 240,
  },
} as const satisfies Layout;

/** The length of a Mach time unit: so many nanoseconds, by so many. */
export const TIMEBASE = {
  name: "mach_timebase_info_data_t",
  size: 8,
  at: { numer: 0, denom: 4 },
} as const satisfies Layout;

/** An open file of proc_pidinfo's list. */
export const PROC_FDINFO = {
  name: "struct proc_fdinfo",
  size: 8,
  at: { proc_fd: 0, proc_fdtype: 4 },
} as const satisfies Layout;

/** What proc_pidinfo tells of a thread. */
export const PROC_THREADINFO = {
  name: "struct proc_threadinfo",
  size: 112,
  at: {},
} as const satisfies Layout;

/** An event of kqueue(2). */
export const KEVENT = {
  name: "struct kevent",
  size: 32,
  at: { ident: 0, filter: 8, flags: 10, fflags: 12, data: 16, udata: 24 },
} as const satisfies Layout;

/** What waitid(2) tells. */
export const SIGINFO = {
  name: "siginfo_t",
  size: 104,
  at: { si_code: 8, si_pid: 12, si_status: 20 },
} as const satisfies Layout;

/** The attributes of posix_spawn(3): a pointer, here. */
export const SPAWN_ATTRIBUTES = {
  name: "posix_spawnattr_t",
  room: 512,
  at: {},
} as const satisfies Layout;

/** The file actions of posix_spawn(3): a pointer, here. */
export const SPAWN_ACTIONS = {
  name: "posix_spawn_file_actions_t",
  room: 512,
  at: {},
} as const satisfies Layout;

/** What a process does at a signal: SIG_DFL, SIG_IGN or a function, first. */
export const SIGACTION = {
  name: "struct sigaction",
  room: 256,
  at: { sa_handler: 0 },
} as const satisfies Layout;

/** A set of signals. */
export const SIGSET = { name: "sigset_t", room: 128, at: {} } as const satisfies Layout;
