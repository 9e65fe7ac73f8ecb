import { UnsupportedError } from "../../ffi/errors.ts";
import type { ProcessIdentity } from "../process/identity.ts";
import { runtime } from "../runtime/mod.ts";
import type { Kind, ObjectHeader } from "./header.ts";
import { linux } from "./linux/system.ts";

// Another system's way is loaded only there.
const darwin = runtime.platform === "darwin"
  ? (await import("./darwin/system.ts")).darwin
  : undefined;
const windows = runtime.platform === "windows"
  ? (await import("./windows/system.ts")).windows
  : undefined;

/** A named object of this user's, mapped into this process. */
export interface MappedObject {
  readonly header: ObjectHeader;
  /** The bytes after the header. Detached by `unmap()`: a view of them is then an error, never a fault. */
  readonly payload: ArrayBuffer;
  /** Ends the mapping; the object and its name stay. Once only. */
  unmap(): void;
}

/** A futex: a word in shared memory on which threads of any process can sleep. */
export interface Word {
  /** One element: the word. */
  readonly cell: Int32Array;
  /** Where it is, to tell words apart. */
  readonly address: bigint;
}

/** A sleep that can be given up. `done` resolves when the word may have changed, or at `cancel()`. */
export interface Sleep {
  readonly done: Promise<void>;
  cancel(): void;
}

/** A thread of some process, held so that no later thread is taken for it. */
export interface HeldThread {
  /** True as soon as it has ended. */
  ended(): boolean;
  /** Resolves when it has ended; rejects with the signal's reason before. */
  whenEnded(signal: AbortSignal): Promise<void>;
  close(): void;
}

/** A thread, as a lock word and the record beside it name it. */
export interface ThreadTag {
  /** 30 bits: the thread's id and the lowest bits of its start time. Never 0. */
  readonly tag: number;
  /** More bits of its start time, where they were recorded. */
  readonly start?: number;
}

/** What a system must offer to `./sync`. */
export interface SyncSystem {
  /** Opens the object of this name; undefined where there is none. */
  open(kind: Kind, name: string): MappedObject | undefined;
  /**
   * Makes the object, complete with its header and first contents before anybody can open it.
   *
   * @returns Undefined where one of this name exists already.
   */
  create(header: ObjectHeader, fill: (payload: ArrayBuffer) => void): MappedObject | undefined;
  /** Removes the name; who has the object open keeps it. False: there was none. */
  unlink(kind: Kind, name: string): boolean;
  /** Names the world in which thread numbers mean something: they cannot be compared across two. */
  scope(): bigint;

  /** This thread. */
  self(): Required<ThreadTag>;
  /** Takes hold of a thread; undefined when it has ended. */
  hold(thread: ThreadTag): HeldThread | undefined;
  /** The process that a thread belongs to; undefined when it has ended. */
  processOf(thread: ThreadTag): ProcessIdentity | undefined;

  /** The word at an index of a mapped array. */
  word(cells: Int32Array, index: number): Word;
  /** Sleeps, without blocking the event loop, while the word has this value. */
  sleep(word: Word, expected: number): Sleep;
  /** Blocks this thread while the word has this value, for some milliseconds at most. */
  block(word: Word, expected: number, milliseconds: number): void;
  /** Wakes everybody who sleeps on the word, and lets them go first where this thread would keep the CPU from them. */
  wake(word: Word): void;
  /** Sets the word, to 0..2047, and wakes as `wake` does, in one step that no death can divide. */
  setAndWake(word: Word, value: number): void;
  /**
   * Adds 0..2047 to the word and wakes everybody who sleeps on it, in one step that no death can divide. This thread goes
   * on: it may have more to give.
   */
  addAndWake(word: Word, value: number): void;
}

/** This system's shared memory and futexes. */
export function syncSystem(): SyncSystem {
  if (runtime.platform === "linux") return linux;
  if (windows !== undefined) return windows;
  if (darwin !== undefined) return darwin;
  throw new UnsupportedError("Sharing memory and locks", runtime.platform);
}
