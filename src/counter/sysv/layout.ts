// One semaphore set serves all names whose keys are equal, which is one name but for a hash collision.
// Semaphore 0 is the start-up lock. Semaphore 1, the gate, is held only around a change and the look at its
// result, or around the set's removal. Then come the slots, two semaphores each: a label, which is a second
// hash of the name, and the count. A slot is free when its count is 0; its label may stay behind.
// A fresh set is all zeros, and zero means free: there is nothing to initialise and so no race about it.

import { POSIX, SEMBUF } from "../../../ffi/numbers/mod.ts";

const { IPC_NOWAIT, SEM_UNDO } = POSIX;
const { sem_flg, sem_num, sem_op } = SEMBUF.at;

const START = 0;
const GATE = 1;

/** How many names with one key can be in use at once. */
export const SLOTS = 4;
/** The semaphores of a set. */
export const SEMAPHORES = 2 + 2 * SLOTS;
/** The number of the start-up lock's semaphore. */
export const START_SEMAPHORE = START;
/** The number of the gate's semaphore. */
export const GATE_SEMAPHORE = GATE;

/** The number of a slot's label. */
export function labelOf(slot: number): number {
  return 2 + 2 * slot;
}

/** The number of a slot's count. */
export function countOf(slot: number): number {
  return 3 + 2 * slot;
}

/** True if nobody counts in any slot, given all of a set's values. */
export function isUnused(values: Uint16Array): boolean {
  for (let slot = 0; slot < SLOTS; slot++) if (values[countOf(slot)] !== 0) return false;
  return true;
}

type Operation = readonly [semaphore: number, change: number, flags?: number];

/** Operations for one semop(2) call: all of them happen at once, or none. */
export class Operations {
  readonly #list: () => readonly Operation[];
  #bytes: Uint8Array<ArrayBuffer> | undefined;

  /** @param list What to do, one after the other. Asked when it is used: a process uses few of those that there are. */
  constructor(list: () => readonly Operation[]) {
    this.#list = list;
  }

  /** An array of `struct sembuf`. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes ??= encode(this.#list());
  }

  /** How many they are. */
  get length(): number {
    return this.bytes.length / SEMBUF.size;
  }
}

function encode(operations: readonly Operation[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(operations.length * SEMBUF.size);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [semaphore, change, flags = 0] of operations) {
    view.setUint16(at + sem_num, semaphore, true);
    view.setInt16(at + sem_op, change, true);
    view.setInt16(at + sem_flg, flags, true);
    at += SEMBUF.size;
  }
  return bytes;
}

const gateIsOpen: Operation = [GATE, 0];
const shutGate: Operation = [GATE, 1, SEM_UNDO];
const unshutGate: Operation = [GATE, -1, SEM_UNDO];
const startIsFree: Operation = [START, 0];
const startIsFreeNow: Operation = [START, 0, IPC_NOWAIT];
const lockStart: Operation = [START, 1, SEM_UNDO];
const unlockStart: Operation = [START, -1, SEM_UNDO];

/** Takes the gate. */
export const closeGate: Operations = new Operations(() => [gateIsOpen, shutGate]);
/** Gives the gate back. */
export const openGate: Operations = new Operations(() => [unshutGate]);
/** Takes the start-up lock, waiting for it. */
export const takeStart: Operations = new Operations(() => [gateIsOpen, startIsFree, lockStart]);
/** Takes the start-up lock only if it is free. */
export const tryStart: Operations = new Operations(() => [gateIsOpen, startIsFreeNow, lockStart]);
/** Frees the start-up lock. */
export const freeStart: Operations = new Operations(() => [unlockStart]);
/** Frees the start-up lock and takes the gate, to look whether the set is still needed. */
export const freeStartAtGate: Operations = new Operations(
  () => [gateIsOpen, shutGate, unlockStart],
);

/** Gives the gate back and frees the start-up lock. */
export const openGateAndStart: Operations = new Operations(() => [unshutGate, unlockStart]);

/** Gives a free slot that another name has had to this one. */
export function relabel(slot: number, from: number, to: number): Operations {
  const label = labelOf(slot);
  return new Operations(() => [
    [countOf(slot), 0, IPC_NOWAIT],
    [label, -from, IPC_NOWAIT],
    [label, 0, IPC_NOWAIT],
    [label, to],
  ]);
}

/** The operations on one name's slot. Each of them fails at once (EAGAIN) if the slot is no longer that name's. */
export interface SlotOperations {
  readonly slot: number;
  readonly tag: number;
  /** Gives a slot that no name has had yet to this one. */
  readonly label: Operations;
  /** Count + 1, leaving with the gate held. */
  readonly add: Operations;
  /** Count - 1, leaving with the gate held. */
  readonly drop: Operations;
  /** Count + 1, while the gate is held: the second step where both don't fit into one call. */
  readonly addInside: Operations;
  /** Count - 1, likewise. */
  readonly dropInside: Operations;
  /** Waits for count 0. */
  readonly zero: Operations;
  /** As `zero`, only if it need not wait. */
  readonly tryZero: Operations;
  /** The start-up lock and count + 1. */
  readonly enter: Operations;
  /** As `enter`, only if it need not wait. */
  readonly tryEnter: Operations;
  /** Count - 1, under the start-up lock. */
  readonly withdraw: Operations;
  /** The start-up lock and count - 1. */
  readonly leave: Operations;
  /** As `leave`, only if it need not wait. */
  readonly tryLeave: Operations;
  /** Waits for count 0 and takes the start-up lock in the same instant. */
  readonly inherit: Operations;
  /** The same in five operations, without the gate: the slot, which nobody needs any more, has no label then. */
  readonly inheritInFive: Operations;
}

let latest: SlotOperations | undefined;

/** The operations on a slot with this label; those asked for last are kept, because they are asked for again. */
export function slotOperations(slot: number, tag: number): SlotOperations {
  if (latest?.slot === slot && latest.tag === tag) return latest;
  return latest = encodeSlot(slot, tag);
}

function encodeSlot(slot: number, tag: number): SlotOperations {
  const count = countOf(slot);
  const label = labelOf(slot);
  const mine: Operation[] = [[label, -tag, IPC_NOWAIT], [label, 0, IPC_NOWAIT], [label, tag]];
  const start: Operation[] = [gateIsOpen, startIsFree, lockStart];
  const tryStart: Operation[] = [gateIsOpen, startIsFreeNow, lockStart];
  const up: Operation = [count, 1, SEM_UNDO];
  const down: Operation = [count, -1, SEM_UNDO | IPC_NOWAIT];
  return {
    slot,
    tag,
    label: new Operations(() => [[count, 0, IPC_NOWAIT], [label, 0, IPC_NOWAIT], [label, tag]]),
    add: new Operations(() => [...mine, gateIsOpen, shutGate, up]),
    drop: new Operations(() => [...mine, gateIsOpen, shutGate, down]),
    addInside: new Operations(() => [...mine, up]),
    dropInside: new Operations(() => [...mine, down]),
    zero: new Operations(() => [...mine, [count, 0]]),
    tryZero: new Operations(() => [...mine, [count, 0, IPC_NOWAIT]]),
    enter: new Operations(() => [...mine, ...start, up]),
    tryEnter: new Operations(() => [...mine, ...tryStart, up]),
    withdraw: new Operations(() => [...mine, down]),
    leave: new Operations(() => [...mine, ...start, down]),
    tryLeave: new Operations(() => [...mine, ...tryStart, down]),
    inherit: new Operations(() => [...mine, [count, 0], ...start]),
    inheritInFive: new Operations(() => [...mine.slice(0, 2), [count, 0], startIsFree, lockStart]),
  };
}
