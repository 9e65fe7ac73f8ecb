// A System V semaphore set with SEM_UNDO: at a process's end, whatever ends it, the kernel takes back every
// change the process made and has not taken back itself (semop(2)). A set outlives its users until it is
// removed (semctl(2), IPC_RMID), which wakes everybody who waits on it with EIDRM.

import { POSIX, SEMID_DS } from "../../../ffi/numbers/mod.ts";
import { ERRNO } from "../../../ffi/errno.ts";
import { checked, errno, ipc, processes } from "../../../ffi/libc.ts";
import { platform } from "../../../ffi/platform.ts";
import { PermissionError, SystemError, TimeoutError } from "../../../ffi/errors.ts";
import {
  closeGate,
  countOf,
  GATE_SEMAPHORE,
  labelOf,
  openGate,
  type Operations,
  relabel,
  SEMAPHORES,
  type SlotOperations,
  slotOperations,
  SLOTS,
  START_SEMAPHORE,
} from "./layout.ts";

const { GETALL, GETPID, GETVAL, IPC_CREAT, IPC_RMID, IPC_STAT } = POSIX;

// Used again by every call, and never across an await: allocating them is dearer than the system call.
const VALUES = new Uint16Array(SEMAPHORES);
const STATUS = new Uint8Array(SEMID_DS.room);
const STATUS_VIEW = new DataView(STATUS.buffer);

/** Where a name's semaphores are: the set's key, the name's label in it, and how to call it in messages. */
export interface Place {
  readonly key: number;
  readonly tag: number;
  /** For example `for counter "db"`. */
  readonly subject: string;
  readonly manner: Manner;
}

/** What this system's semop(2) can do. */
export interface Manner {
  /** True if an array of operations may have five elements only (macOS: SEMOPM), so that some take two calls. */
  readonly stepwise: boolean;
  /** True if there is a semtimedop(2): then a call can be given a time. */
  readonly timed: boolean;
}

/** The manner of this system. */
export const MANNER: Manner = { stepwise: platform === "darwin", timed: platform !== "darwin" };

/** What became of operations: done, impossible at present, or the set is no more. */
export type Outcome = "done" | "again" | "gone";

// The gate is held for microseconds, unless its holder is stopped (SIGSTOP) just then.
const GATE_PATIENCE = new Int32Array([5, 0, 0, 0]); // struct timespec: two numbers of 64 bits, by their lower halves

/** A semaphore set, by its id: the id of a removed set is not used again soon, so it names this one only. */
export class SemaphoreSet {
  readonly #id: number;
  readonly #place: Place;

  private constructor(id: number, place: Place) {
    this.#id = id;
    this.#place = place;
  }

  /** The set of this key; undefined where there is none. @throws {SystemError} @throws {PermissionError} */
  static find(place: Place): SemaphoreSet | undefined {
    const id = ipc().semget(place.key, SEMAPHORES, 0);
    if (id !== -1) return SemaphoreSet.#inspected(id, place);
    const number = errno();
    if (number === ERRNO.ENOENT) return undefined;
    throw new SystemError("semget", number, place.subject);
  }

  /** The set of this key, made if it is missing. @throws {SystemError} @throws {PermissionError} */
  static create(place: Place): SemaphoreSet {
    for (;;) {
      const id = ipc().semget(place.key, SEMAPHORES, IPC_CREAT | 0o600);
      const set = SemaphoreSet.#inspected(checked(id, "semget", place.subject), place);
      if (set !== undefined) return set;
    }
  }

  // Root passes every permission check of the kernel, so whose the set is has to be looked at.
  static #inspected(id: number, place: Place): SemaphoreSet | undefined {
    if (ipc().semctl(id, 0, IPC_STAT, STATUS) === -1) {
      const number = errno();
      if (isGone(number)) return undefined;
      throw new SystemError("semctl", number, place.subject);
    }
    const view = STATUS_VIEW;
    const owner = view.getUint32(SEMID_DS.at["sem_perm.uid"], true);
    const creator = view.getUint32(SEMID_DS.at["sem_perm.cuid"], true);
    const user = processes().geteuid();
    if (owner !== user || creator !== user) {
      throw new PermissionError(
        `The semaphore set ${place.subject} belongs to user ${owner}, made by ${creator}, not to ${user}`,
      );
    }
    const mode = view.getUint16(SEMID_DS.at["sem_perm.mode"], true) & 0o777;
    if (mode !== 0o600 || ipc().semctl(id, SEMAPHORES, GETVAL, null) !== -1) {
      throw new PermissionError(
        `The semaphore set ${place.subject} was not made by procref (mode ${mode.toString(8)})`,
      );
    }
    return new SemaphoreSet(id, place);
  }

  /** What semop(2) can do here. */
  get manner(): Manner {
    return this.#place.manner;
  }

  /** The id that semctl(2) knows it by. */
  get id(): number {
    return this.#id;
  }

  /**
   * Performs the operations, all or none; waits if they say so, but not for a gate that stays shut (where a call can
   * be given a time).
   */
  attempt(operations: Operations): Outcome {
    if (!this.manner.timed) return this.perform(operations);
    const { bytes, length } = operations;
    for (;;) {
      if (ipc().semtimedop(this.#id, bytes, length, GATE_PATIENCE) !== -1) return "done";
      const outcome = this.#failed(errno());
      if (outcome !== undefined) return outcome;
    }
  }

  /** Performs the operations, waiting as long as it takes: for a process with nothing else to do. */
  perform({ bytes, length }: Operations): Outcome {
    for (;;) {
      if (ipc().semop(this.#id, bytes, length) !== -1) return "done";
      const outcome = this.#failed(errno());
      if (outcome !== undefined) return outcome;
    }
  }

  /** What an errno of semop means; undefined: call again. */
  #failed(number: number): Outcome | undefined {
    if (number === ERRNO.EAGAIN) return "again";
    if (isGone(number)) return "gone";
    if (number === ERRNO.EINTR) return undefined;
    throw new SystemError("semop", number, this.#place.subject);
  }

  /** A semaphore's value; undefined when the set is no more. */
  value(semaphore: number): number | undefined {
    const value = ipc().semctl(this.#id, semaphore, GETVAL, null);
    return value === -1 ? undefined : value;
  }

  /** All values, valid until the next call; undefined when the set is no more. */
  values(): Uint16Array | undefined {
    return ipc().semctl(this.#id, 0, GETALL, VALUES) === -1 ? undefined : VALUES;
  }

  /** The process that changed the start-up lock last: its holder, while it is held. */
  starter(): number {
    return ipc().semctl(this.#id, START_SEMAPHORE, GETPID, null);
  }

  /** The process that holds the gate, or held it last. */
  gatekeeper(): number {
    return ipc().semctl(this.#id, GATE_SEMAPHORE, GETPID, null);
  }

  /** Why somebody gives up who has waited for the gate. */
  gateTimeout(): TimeoutError {
    const holder = `pid ${this.gatekeeper()}`;
    return new TimeoutError(
      `The gate ${this.#place.subject} has been kept shut by ${holder} for 5 s; is it stopped?`,
    );
  }

  /** Removes the set. Everybody who waits on it wakes up with EIDRM. */
  remove(): void {
    ipc().semctl(this.#id, 0, IPC_RMID, null);
  }

  /** Finds the slot with this label; undefined where none has it. */
  slot(tag: number): SlotOperations | undefined {
    const values = this.values();
    for (let slot = 0; slot < SLOTS; slot++) {
      if (values?.[labelOf(slot)] === tag) return slotOperations(slot, tag);
    }
    return undefined;
  }

  /**
   * Finds or labels a slot, behind the gate, so that two processes never label two slots alike.
   *
   * @param patient True: waits for the gate as long as it takes.
   * @returns The slot; undefined when the set is no more.
   * @throws {SystemError} ENOSPC: all slots are taken by other names with the same key.
   * @throws {TimeoutError} Somebody has kept the gate for 5 seconds.
   */
  claim(tag: number, patient = false): SlotOperations | undefined {
    const found = this.slot(tag);
    if (found !== undefined) return found;
    const shut = patient ? this.perform(closeGate) : this.attempt(closeGate);
    if (shut === "again") throw this.gateTimeout();
    if (shut === "gone") return undefined;
    try {
      return this.slot(tag) ?? this.#label(tag);
    } finally {
      this.attempt(openGate);
    }
  }

  #label(tag: number): SlotOperations | undefined {
    const values = this.values();
    if (values === undefined) return undefined;
    for (let slot = 0; slot < SLOTS; slot++) {
      const old = values[labelOf(slot)] ?? 0;
      if (values[countOf(slot)] !== 0) continue;
      const operations = slotOperations(slot, tag);
      const change = old === 0 ? operations.label : relabel(slot, old, tag);
      if (this.attempt(change) === "done") return operations;
    }
    throw new SystemError("semop", ERRNO.ENOSPC, this.#place.subject);
  }
}

/** The count of a name; nothing is created. @throws {SystemError} @throws {PermissionError} */
export function countAt(place: Place): number {
  const set = SemaphoreSet.find(place);
  const slot = set?.slot(place.tag);
  return slot === undefined ? 0 : set?.value(countOf(slot.slot)) ?? 0;
}

function isGone(number: number): boolean {
  return number === ERRNO.EIDRM || number === ERRNO.EINVAL;
}
