import type { WaitOptions } from "../wait.ts";

/** The kernel object that counts: System V semaphores, Mach send rights, or the handles of a kernel object. */
export type CounterBackend = "sysv" | "mach" | "handle";

/**
 * A reference count that all processes of one user share by name, with a start-up lock beside it. The kernel
 * keeps both: when a process dies, however it dies, its references are counted off and its lock is free.
 *
 * References and the lock belong to the object, not to the process: two objects of one process count as two.
 */
export interface RefCounter extends Disposable {
  /** The name it was opened with. */
  readonly name: string;
  /** The kernel object behind it. */
  readonly backend: CounterBackend;
  /**
   * Takes a reference.
   *
   * @returns The count after the increment, exact however many processes race: one of them gets 1.
   * @throws {SystemError} For example ENOSPC, when the system has no semaphore set left.
   */
  acquire(): number;
  /**
   * Gives a reference back. The last one out removes the kernel object.
   *
   * @returns The count after the decrement, exact however many processes race: one of them gets 0.
   * @throws {ProcrefError} `"not_held"`: this object holds no reference.
   */
  release(): number;
  /** The count as it is now; by the time it is read it may be another. It never creates anything. */
  count(): number;
  /** Takes the start-up lock if it is free. False: somebody holds it, this very object included. */
  tryLock(): boolean;
  /**
   * Frees the start-up lock.
   *
   * @throws {ProcrefError} `"not_held"`: this object doesn't hold it.
   */
  unlock(): void;
  /**
   * Takes the start-up lock as soon as it is free; the kernel hands it over.
   *
   * @param options Timeout and AbortSignal.
   * @throws {TimeoutError} It was not free in time; the message names the process that holds it.
   */
  lock(options?: WaitOptions): Promise<void>;
  /**
   * Waits until no reference is left, whether the last was given back or its process died.
   *
   * @param options Timeout and AbortSignal.
   * @throws {TimeoutError} There are references still.
   */
  waitForZero(options?: WaitOptions): Promise<void>;
  /** Drops what this object still holds: references and lock. Closing again is a no-op. */
  close(): void;
}
