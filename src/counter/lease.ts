import type { ProcessIdentity } from "../process/identity.ts";

/**
 * The kernel's part in a service's life: a start-up lock and a reference count that change in one step, and that
 * a death gives back. One implementation per backend.
 */
export interface ServiceLock {
  /** The number of references; nothing is created. */
  count(): number;
  /** Who holds the start-up lock now, as far as the kernel tells. */
  holder(): ProcessIdentity | undefined;
  /**
   * Takes the lock and a reference in one step, waiting for the lock.
   *
   * @param create Whether the kernel object may be made; only somebody who is watched may.
   * @param signal Gives up.
   * @returns The lease; undefined when the object is not there.
   */
  enter(create: boolean, signal: AbortSignal): Promise<Lease | undefined>;
}

/** One that a guardian can take as well. */
export interface GuardedLock extends ServiceLock {
  /** Takes the lock only, blocking this thread. Undefined when the object is not there. */
  seize(create: boolean): GuardianLease | undefined;
}

/** A hold on one generation of the kernel object. */
export interface Lease {
  /** The number of references: exact while the lock is held. */
  count(): number;
  /** Frees the lock. */
  unlock(): void;
  /** Gives the reference back while the lock is held. */
  withdraw(): void;
  /** Takes the lock and gives the reference back in one step. False: the object is gone, and both with it. */
  leave(): Promise<boolean>;
  /** Frees the lock, and removes the kernel object if nobody else uses it. */
  vacate(): void;
}

/** A guardian's hold. */
export interface GuardianLease extends Lease {
  /** Waits, blocking this thread, until no reference is left, and takes the lock in that instant. False: gone. */
  inherit(): boolean;
}
