/**
 * Memory and locks that processes share by name. A holder that dies, however it dies, gives its lock to the next
 * one, who is told; a Deno and a Bun process use the same objects.
 *
 * Importing this touches nothing; in Deno the calls need `--allow-ffi`.
 *
 * @example
 * ```ts
 * import { Mutex, SharedMemory } from "@procref/procref/sync";
 *
 * const mutex = Mutex.open("docs-hits");
 * const memory = SharedMemory.open("docs-hits", { size: 8 });
 * await mutex.synchronize(() => memory.setInt32(0, memory.getInt32(0) + 1));
 * console.log(memory.getInt32(0)); // 1
 * mutex.close();
 * memory.close();
 * Mutex.unlink("docs-hits");
 * SharedMemory.unlink("docs-hits");
 * ```
 *
 * @module
 */

export * from "../../ffi/errors.ts";
export { ConditionVariable } from "./condition/condition_variable.ts";
export { DeadlockError } from "./errors.ts";
export type { MutexGuard } from "./lock/hold.ts";
export type { ElementArray, ElementType } from "./memory/elements.ts";
export { SharedArray } from "./memory/shared_array.ts";
export { SharedMemory, type SharedMemoryOptions } from "./memory/shared_memory.ts";
export { type SeekFrom, SharedMemoryFile } from "./memory/shared_memory_file.ts";
export { TypedAccess } from "./memory/typed_access.ts";
export { Monitor } from "./monitor.ts";
export { Mutex, type SyncWaitOptions } from "./mutex.ts";
export { BinarySemaphore, type BinarySemaphoreOptions } from "./semaphore/binary_semaphore.ts";
export { Semaphore, type SemaphoreOptions } from "./semaphore/semaphore.ts";
export type { OpenOptions } from "./shared_object.ts";
export type { ProcessIdentity } from "../process/identity.ts";
export type { WaitOptions } from "../wait.ts";
