import { platform } from "../../../ffi/platform.ts";
import { readText, statusAt } from "../../file/posix.ts";

// Another system's way is loaded only there.
const darwin = platform === "darwin" ? await import("../../file/darwin.ts") : undefined;

let cached: string | undefined;

/**
 * Where pids and semaphores of this process mean something: this boot of this kernel, and the IPC and pid
 * namespaces, by their inodes (namespaces(7)). macOS has no namespaces.
 */
export function host(): string {
  if (darwin !== undefined) return cached ??= darwin.bootSession();
  return cached ??= [
    readText("/proc/sys/kernel/random/boot_id")?.trim(),
    statusAt("/proc/self/ns/ipc", "follow")?.inode,
    statusAt("/proc/self/ns/pid", "follow")?.inode,
  ].join(" ");
}
