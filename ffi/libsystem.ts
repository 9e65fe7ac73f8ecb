// What macOS's libSystem has beyond the C library of `libc.ts`: processes by libproc, kqueue(2), Mach ports. Mach
// functions return their status, so none of them needs errno. Names of ports are u32, as mach_port_name_t is.

import { lazily } from "./libc.ts";
import { LIBC_FILES, native } from "./mod.ts";
import type { BoundElsewhere, Library, SymbolTable } from "./types.ts";

/** Files, where Linux has other calls. */
export const DARWIN_FILES = {
  pipe: { args: ["buffer"], returns: "i32", only: "darwin" }, // int pipe(int [2])
  fstat: { args: ["i32", "buffer"], returns: "i32", only: "darwin", intelSuffix: "$INODE64" }, // int fstat(int, struct stat *)
  fstatat: {
    args: ["i32", "buffer", "buffer", "i32"],
    returns: "i32",
    only: "darwin",
    intelSuffix: "$INODE64",
  }, // int fstatat(int, const char *, struct stat *, int)
  opendir: { args: ["buffer"], returns: "address", only: "darwin", intelSuffix: "$INODE64" }, // DIR *opendir(const char *)
  readdir: { args: ["address"], returns: "address", only: "darwin", intelSuffix: "$INODE64" }, // struct dirent *readdir(DIR *)
  fchmod: { args: ["i32", "u32"], returns: "i32", only: "darwin" }, // int fchmod(int, mode_t)
  closedir: { args: ["address"], returns: "i32", only: "darwin" }, // int closedir(DIR *)
} as const satisfies SymbolTable;

/** Processes and events. */
export const DARWIN_PROCESSES = {
  sysctl: {
    args: ["buffer", "u32", "buffer", "buffer", "buffer", "u32"],
    returns: "i32",
    only: "darwin",
  }, // int sysctl(int *name, u_int, void *old, size_t *, void *new, size_t)
  sysctlbyname: {
    args: ["buffer", "buffer", "buffer", "buffer", "u32"],
    returns: "i32",
    only: "darwin",
  }, // int sysctlbyname(const char *name, void *old, size_t *, void *new, size_t)
  confstr: { args: ["i32", "buffer", "u32"], returns: "i32", only: "darwin" }, // size_t confstr(int name, char *, size_t)
  proc_listpidspath: {
    args: ["u32", "u32", "buffer", "u32", "buffer", "i32"],
    returns: "i32",
    only: "darwin",
  }, // int proc_listpidspath(uint32_t type, uint32_t, const char *path, uint32_t pathflags, void *, int)
  proc_pidinfo: {
    args: ["i32", "i32", "u64", "buffer", "i32"],
    returns: "i32",
    only: "darwin",
  }, // int proc_pidinfo(int pid, int flavor, uint64_t, void *, int)
  proc_pidpath: { args: ["i32", "buffer", "u32"], returns: "i32", only: "darwin" }, // int proc_pidpath(int pid, void *, uint32_t)
  proc_pid_rusage: { args: ["i32", "i32", "buffer"], returns: "i32", only: "darwin" }, // int proc_pid_rusage(int pid, int flavor, rusage_info_t *)
  mach_timebase_info: { args: ["buffer"], returns: "i32", only: "darwin" }, // kern_return_t mach_timebase_info(mach_timebase_info_t)
  pthread_threadid_np: { args: ["address", "buffer"], returns: "i32", only: "darwin" }, // int pthread_threadid_np(pthread_t, uint64_t *)
  kqueue: { args: [], returns: "i32", only: "darwin" }, // int kqueue(void)
  kevent: {
    args: ["i32", "buffer", "i32", "buffer", "i32", "buffer"],
    returns: "i32",
    only: "darwin",
  }, // int kevent(int, const struct kevent *, int, struct kevent *, int, const struct timespec *)
} as const satisfies SymbolTable;

/** Waits on an address in shared memory, from macOS 14.4 on: <os/os_sync_wait_on_address.h>. */
export const ADDRESSES = {
  os_sync_wait_on_address_with_timeout: {
    args: ["buffer", "u64", "u32", "u32", "u32", "u64"],
    returns: "i32",
    optional: true,
    only: "darwin",
  }, // int os_sync_wait_on_address_with_timeout(void *, uint64_t value, size_t, os_sync_wait_on_address_flags_t, os_clockid_t, uint64_t timeout_ns)
  os_sync_wake_by_address_all: {
    args: ["buffer", "u32", "u32"],
    returns: "i32",
    optional: true,
    only: "darwin",
  }, // int os_sync_wake_by_address_all(void *, size_t, os_sync_wake_by_address_flags_t)
} as const satisfies SymbolTable;

/** Mach ports. */
export const MACH_PORTS = {
  mach_task_self: { args: [], returns: "u32", only: "darwin" }, // mach_port_t mach_task_self(void)
  task_get_special_port: { args: ["u32", "i32", "buffer"], returns: "i32", only: "darwin" }, // kern_return_t task_get_special_port(task_t, int which, mach_port_t *)
  bootstrap_check_in: { args: ["u32", "buffer", "buffer"], returns: "i32", only: "darwin" }, // kern_return_t bootstrap_check_in(mach_port_t, const char *, mach_port_t *)
  bootstrap_look_up: { args: ["u32", "buffer", "buffer"], returns: "i32", only: "darwin" }, // kern_return_t bootstrap_look_up(mach_port_t, const char *, mach_port_t *)
  mach_port_allocate: { args: ["u32", "u32", "buffer"], returns: "i32", only: "darwin" }, // kern_return_t mach_port_allocate(ipc_space_t, mach_port_right_t, mach_port_name_t *)
  mach_port_deallocate: { args: ["u32", "u32"], returns: "i32", only: "darwin" }, // kern_return_t mach_port_deallocate(ipc_space_t, mach_port_name_t)
  mach_port_mod_refs: { args: ["u32", "u32", "u32", "i32"], returns: "i32", only: "darwin" }, // kern_return_t mach_port_mod_refs(ipc_space_t, mach_port_name_t, mach_port_right_t, mach_port_delta_t)
  mach_port_move_member: { args: ["u32", "u32", "u32"], returns: "i32", only: "darwin" }, // kern_return_t mach_port_move_member(ipc_space_t, mach_port_name_t member, mach_port_name_t set)
  mach_port_type: { args: ["u32", "u32", "buffer"], returns: "i32", only: "darwin" }, // kern_return_t mach_port_type(ipc_space_t, mach_port_name_t, mach_port_type_t *)
  mach_port_get_attributes: {
    args: ["u32", "u32", "i32", "buffer", "buffer"],
    returns: "i32",
    only: "darwin",
  }, // kern_return_t mach_port_get_attributes(ipc_space_t, mach_port_name_t, mach_port_flavor_t, mach_port_info_t, mach_msg_type_number_t *)
  mach_port_request_notification: {
    args: ["u32", "u32", "i32", "u32", "u32", "u32", "buffer"],
    returns: "i32",
    only: "darwin",
  }, // kern_return_t mach_port_request_notification(ipc_space_t, mach_port_name_t, mach_msg_id_t, mach_port_mscount_t, mach_port_t notify, mach_msg_type_name_t, mach_port_t *previous)
  mach_msg: {
    args: ["buffer", "i32", "u32", "u32", "u32", "u32", "u32"],
    returns: "i32",
    only: "darwin",
  }, // mach_msg_return_t mach_msg(mach_msg_header_t *, mach_msg_option_t, mach_msg_size_t send, mach_msg_size_t receive, mach_port_name_t, mach_msg_timeout_t, mach_port_name_t)
} as const satisfies SymbolTable;

/** pipe(2), fstat(2), readdir(3). */
export const darwinFiles: () => Library<typeof DARWIN_FILES> = lazily(DARWIN_FILES);
/** sysctl(3), proc_pidinfo, kqueue(2). */
export const darwinProcesses: () => Library<typeof DARWIN_PROCESSES> = lazily(DARWIN_PROCESSES);
/** os_sync_wait_on_address_with_timeout, os_sync_wake_by_address_all; undefined before macOS 14.4. */
export const darwinAddresses: () => Library<typeof ADDRESSES> = lazily(ADDRESSES);
/** Ports, rights and messages. */
export const machPorts: () => Library<typeof MACH_PORTS> = lazily(MACH_PORTS);

let message: BoundElsewhere<typeof MACH_PORTS.mach_msg> | undefined;

/** `mach_msg` on another thread: it returns its status, so nothing is lost there. */
export function machMessageElsewhere(): BoundElsewhere<typeof MACH_PORTS.mach_msg> {
  return message ??= native.openElsewhere(LIBC_FILES, "mach_msg", MACH_PORTS.mach_msg);
}
