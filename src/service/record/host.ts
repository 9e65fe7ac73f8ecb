import { readText, statusAt } from "../../file/posix.ts";

let cached: string | undefined;

/**
 * Where pids and semaphores of this process mean something: this boot of this kernel, and the IPC and pid
 * namespaces, by their inodes (namespaces(7)).
 */
export function host(): string {
  return cached ??= [
    readText("/proc/sys/kernel/random/boot_id")?.trim(),
    statusAt("/proc/self/ns/ipc", "follow")?.inode,
    statusAt("/proc/self/ns/pid", "follow")?.inode,
  ].join(" ");
}
