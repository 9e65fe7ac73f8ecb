import { readLink, readText } from "../../file/posix.ts";

let cached: string | undefined;

/**
 * Where pids and semaphores of this process mean something: this boot of this kernel, and the IPC and pid
 * namespaces (namespaces(7)).
 */
export function host(): string {
  return cached ??= [
    readText("/proc/sys/kernel/random/boot_id")?.trim(),
    readLink("/proc/self/ns/ipc"),
    readLink("/proc/self/ns/pid"),
  ].join(" ");
}
