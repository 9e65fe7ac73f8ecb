// Linux by number: every constant and structure of its C interface that we use, under its C name. The same on
// x86-64 and 64-bit Arm but for the few at the end. `deno task abi` compares all of it with the headers of glibc,
// musl and the kernel.

import type { Constants, Layout } from "./types.ts";

/** Constants. */
export const LINUX = {
  // open(2), openat(2), fcntl(2), access(2), lseek(2), flock(2)
  O_RDONLY: 0,
  O_WRONLY: 1,
  O_RDWR: 2,
  O_CREAT: 0x40,
  O_EXCL: 0x80,
  O_TRUNC: 0x200,
  O_APPEND: 0x400,
  O_NONBLOCK: 0x800,
  O_CLOEXEC: 0x80000,
  AT_FDCWD: -100,
  AT_SYMLINK_NOFOLLOW: 0x100,
  AT_SYMLINK_FOLLOW: 0x400,
  AT_EMPTY_PATH: 0x1000,
  F_GETFD: 1,
  F_SETFD: 2,
  F_GETFL: 3,
  F_SETFL: 4,
  F_DUPFD_CLOEXEC: 1030,
  F_SETPIPE_SZ: 1031,
  FD_CLOEXEC: 1,
  W_OK: 2,
  X_OK: 1,
  SEEK_SET: 0,
  LOCK_SH: 1,
  LOCK_EX: 2,
  LOCK_NB: 4,
  // statx(2), inode(7)
  STATX_BASIC_STATS: 0x7ff,
  S_IFMT: 0xf000,
  S_IFREG: 0x8000,
  S_IFDIR: 0x4000,
  // poll(2), eventfd(2), inotify(7)
  POLLIN: 1,
  POLLOUT: 4,
  POLLERR: 8,
  POLLHUP: 16,
  EFD_CLOEXEC: 0x80000,
  EFD_NONBLOCK: 0x800,
  IN_MODIFY: 2,
  IN_DELETE_SELF: 0x400,
  IN_NONBLOCK: 0x800,
  IN_CLOEXEC: 0x80000,
  // semget(2), semop(2), semctl(2)
  IPC_PRIVATE: 0,
  IPC_CREAT: 0o1000,
  IPC_NOWAIT: 0o4000,
  IPC_RMID: 0,
  IPC_STAT: 2,
  GETPID: 11,
  GETVAL: 12,
  GETALL: 13,
  SEM_UNDO: 0x1000,
  // posix_spawn(3), waitpid(2), waitid(2), kill(2)
  POSIX_SPAWN_SETSIGDEF: 0x04,
  POSIX_SPAWN_SETSIGMASK: 0x08,
  POSIX_SPAWN_SETSID: 0x80,
  WNOHANG: 1,
  WSTOPPED: 2,
  WEXITED: 4,
  WNOWAIT: 0x1000000,
  P_PID: 1,
  P_PIDFD: 3,
  CLD_EXITED: 1,
  CLD_STOPPED: 5,
  SIGKILL: 9,
  SIGPIPE: 13,
  SIGCHLD: 17,
  SIGCONT: 18,
  SIGSTOP: 19,
  PRIO_PROCESS: 0,
  IOPRIO_WHO_PROCESS: 1,
  IOPRIO_CLASS_SHIFT: 13,
  IOPRIO_CLASS_RT: 1,
  IOPRIO_CLASS_BE: 2,
  IOPRIO_CLASS_IDLE: 3,
  RLIMIT_CPU: 0,
  RLIMIT_FSIZE: 1,
  RLIMIT_DATA: 2,
  RLIMIT_STACK: 3,
  RLIMIT_CORE: 4,
  RLIMIT_RSS: 5,
  RLIMIT_NPROC: 6,
  RLIMIT_NOFILE: 7,
  RLIMIT_MEMLOCK: 8,
  RLIMIT_AS: 9,
  _SC_CLK_TCK: 2,
  _SC_PAGESIZE: 30,
  // pidfd_open(2), pidfd_send_signal(2)
  SYS_pidfd_send_signal: 424,
  SYS_pidfd_open: 434,
  PIDFD_NONBLOCK: 0x800,
  PIDFD_THREAD: 0x80,
  PIDFD_SIGNAL_PROCESS_GROUP: 4,
  // clone3(2), pthread_sigmask(3)
  SYS_clone3: 435,
  CLONE_VM: 0x100,
  CLONE_PIDFD: 0x1000,
  CLONE_VFORK: 0x4000,
  CLONE_CLEAR_SIGHAND: 0x100000000,
  CLONE_INTO_CGROUP: 0x200000000,
  SIG_SETMASK: 2,
  // mmap(2)
  PROT_READ: 1,
  PROT_WRITE: 2,
  MAP_SHARED: 1,
  // futex(2), futex_waitv(2), clock_gettime(2)
  SYS_futex_waitv: 449,
  FUTEX_WAIT: 0,
  FUTEX_WAKE: 1,
  FUTEX_WAKE_OP: 5,
  FUTEX_OP_SET: 0,
  FUTEX_OP_ADD: 1,
  FUTEX_WAITV_MAX: 128,
  FUTEX2_SIZE_U32: 2,
  CLOCK_MONOTONIC: 1,
  // socket(2)
  AF_UNIX: 1,
  AF_INET: 2,
  AF_INET6: 10,
  SOCK_STREAM: 1,
  SOCK_DGRAM: 2,
  SOCK_NONBLOCK: 0x800,
  SOCK_CLOEXEC: 0x80000,
  MSG_NOSIGNAL: 0x4000,
  MFD_CLOEXEC: 1,
} as const satisfies Constants;

/** Constants that differ between the architectures (asm/unistd.h, asm/fcntl.h). */
export const LINUX_ON = {
  "x86-64": {
    O_NOFOLLOW: 0x20000,
    O_TMPFILE: 0x410000,
    SYS_futex: 202,
    SYS_statx: 332,
    SYS_ioprio_set: 251,
    SYS_tgkill: 234,
  },
  "arm64": {
    O_NOFOLLOW: 0x8000,
    O_TMPFILE: 0x404000,
    SYS_futex: 98,
    SYS_statx: 291,
    SYS_ioprio_set: 30,
    SYS_tgkill: 131,
  },
} as const satisfies Record<string, Constants>;

/** Error numbers (asm-generic/errno-base.h, asm-generic/errno.h). */
export const LINUX_ERRNO = {
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
  EAGAIN: 11,
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
  ENAMETOOLONG: 36,
  ENOSYS: 38,
  ENOTEMPTY: 39,
  ELOOP: 40,
  EIDRM: 43,
  EOVERFLOW: 75,
  EADDRINUSE: 98,
  EISCONN: 106,
  ETIMEDOUT: 110,
  EINPROGRESS: 115,
  EDQUOT: 122,
} as const satisfies Constants;

/** One operation of semop(2). */
export const SEMBUF = {
  name: "struct sembuf",
  size: 6,
  at: { sem_num: 0, sem_op: 2, sem_flg: 4 },
} as const satisfies Layout;

/** What IPC_STAT tells. Of the mode, which is 16 or 32 bits long, the lower 16 are looked at. */
export const SEMID_DS = {
  name: "struct semid_ds",
  room: 128,
  at: { "sem_perm.uid": 4, "sem_perm.cuid": 12, "sem_perm.mode": 20 },
} as const satisfies Layout;

/** `struct statx`, the same on every architecture. */
export const STATX = {
  name: "struct statx",
  size: 256,
  at: {
    stx_uid: 20,
    stx_mode: 28,
    stx_ino: 32,
    stx_size: 40,
    stx_dev_major: 136,
    stx_dev_minor: 140,
  },
} as const satisfies Layout;

/** An entry of getdents64(2). */
export const DIRENT = {
  name: "struct dirent64",
  at: { d_reclen: 16, d_name: 19 },
} as const satisfies Layout;

/** An entry of poll(2). */
export const POLLFD = {
  name: "struct pollfd",
  size: 8,
  at: { fd: 0, events: 4, revents: 6 },
} as const satisfies Layout;

/** What waitid(2) tells. */
export const SIGINFO = {
  name: "siginfo_t",
  size: 128,
  at: { si_code: 8, si_pid: 16, si_status: 24 },
} as const satisfies Layout;

/** A duration, or a time of a clock: two 64-bit numbers. */
export const TIMESPEC = {
  name: "struct timespec",
  size: 16,
  at: { tv_sec: 0, tv_nsec: 8 },
} as const satisfies Layout;

/** A limit of prlimit(2): two 64-bit numbers. */
export const RLIMIT = {
  name: "struct rlimit",
  size: 16,
  at: { rlim_cur: 0, rlim_max: 8 },
} as const satisfies Layout;

/** The set of sched_setaffinity(2), 1024 bits. */
export const CPU_SET = { name: "cpu_set_t", size: 128, at: {} } as const satisfies Layout;

/** An entry of futex_waitv(2). */
export const FUTEX_WAITV = {
  name: "struct futex_waitv",
  size: 24,
  at: { val: 0, uaddr: 8, flags: 16 },
} as const satisfies Layout;

/** The attributes of posix_spawn(3): glibc's are 336 bytes long, musl's shorter. */
export const SPAWN_ATTRIBUTES = {
  name: "posix_spawnattr_t",
  room: 512,
  at: {},
} as const satisfies Layout;

/** The file actions of posix_spawn(3). */
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

/** What clone3(2) is told. */
export const CLONE_ARGS = {
  name: "struct clone_args",
  size: 88,
  at: { flags: 0, pidfd: 8, exit_signal: 32, stack: 40, stack_size: 48, cgroup: 80 },
} as const satisfies Layout;

/** A context of getcontext(3): 968 bytes in glibc on x86-64, 4,560 on Arm. */
export const UCONTEXT = {
  name: "ucontext_t",
  room: 4608,
  at: { uc_link: 8, "uc_stack.ss_sp": 16, "uc_stack.ss_size": 32 },
} as const satisfies Layout;

/** Where a context has the registers for the first values of a function, and for its stack; on x86-64. */
const REGISTERS = {
  name: "ucontext_t",
  at: {
    "uc_mcontext.gregs[REG_RDI]": 104,
    "uc_mcontext.gregs[REG_RSI]": 112,
    "uc_mcontext.gregs[REG_RDX]": 136,
    "uc_mcontext.gregs[REG_RSP]": 160,
  },
} as const satisfies Layout;

/** Structures of one architecture. */
export const LAYOUTS_ON = {
  "x86-64": { REGISTERS },
  "arm64": {},
} as const satisfies Record<string, Readonly<Record<string, Layout>>>;

/** An IPv4 socket's address. */
export const SOCKADDR_IN = {
  name: "struct sockaddr_in",
  size: 16,
  at: { sin_family: 0, sin_port: 2, sin_addr: 4 },
} as const satisfies Layout;

/** An IPv6 socket's address. */
export const SOCKADDR_IN6 = {
  name: "struct sockaddr_in6",
  size: 28,
  at: { sin6_family: 0, sin6_port: 2, sin6_addr: 8 },
} as const satisfies Layout;
