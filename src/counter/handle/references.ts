// A reference is a handle of a named semaphore: the kernel counts an object's handles over all processes, and closes
// those of a process that dies (NtQueryObject, ObjectBasicInformation; Microsoft, "Object Manager"). Closing gives
// nothing back to the semaphore's value, so that never counts; it tells one generation of references from the next.
// An event for each object that holds some tells those who wait for the last one whom to watch.

import { closeHandle } from "../../../ffi/windows/ntdll.ts";
import { isSignaled } from "../../../ffi/windows/poller.ts";
import {
  createEvent,
  createSemaphore,
  handleCount,
  namesWith,
  openEvent,
  openSemaphore,
  semaphoreValues,
  setEvent,
} from "../../object/named.ts";
import type { ProcessIdentity } from "../../process/identity.ts";
import { openProcess, ownPid, PROCESS_RIGHTS, timesOf } from "../../process/windows.ts";
import type { Place } from "./place.ts";

const LARGEST = 2 ** 31 - 1;

/** The references of one object. All methods are to be called inside the gate. */
export class References {
  readonly #place: Place;
  readonly #handles: number[] = [];
  #presence = 0;

  constructor(place: Place) {
    this.#place = place;
  }

  get size(): number {
    return this.#handles.length;
  }

  /** Takes one, and returns how many there are. */
  add(): number {
    const handle = createSemaphore(this.#place.part("references"), generation(), LARGEST);
    try {
      const count = handleCount(handle);
      if (this.size === 0) this.#presence = createEvent(this.#place.part(presenceOf()));
      this.#handles.push(handle);
      return count;
    } catch (error) {
      closeHandle(handle);
      throw error;
    }
  }

  /** Gives one back, and returns how many are left. */
  drop(): number {
    const handle = this.#handles.pop();
    if (handle === undefined) return 0;
    const left = handleCount(handle) - 1;
    closeHandle(handle);
    if (this.size === 0) {
      setEvent(this.#presence);
      closeHandle(this.#presence);
    }
    return left;
  }
}

/** How many references there are, and of which generation. To be called inside the gate. */
export function referencesOf(place: Place): { count: number; generation: number } {
  const handle = openSemaphore(place.part("references"));
  if (handle === undefined) return { count: 0, generation: 0 };
  try {
    return { count: handleCount(handle) - 1, generation: semaphoreValues(handle).value };
  } finally {
    closeHandle(handle);
  }
}

/** Somebody who holds references, to be watched: an event that is set when he gives them back, and his process. */
export function anyPresence(place: Place): number[] | undefined {
  const { name: start, subject } = place.part("by-");
  for (const name of namesWith(start)) {
    const event = openEvent({ name, subject });
    if (event === undefined) continue;
    const handles = isSignaled(event) ? undefined : living(event, name.slice(start.length));
    if (handles !== undefined) return handles;
    closeHandle(event);
  }
  return undefined;
}

/** The processes that hold references. */
export function holdersOf(place: Place): ProcessIdentity[] {
  const { name: start } = place.part("by-");
  const all = namesWith(start).map((name) => {
    const [pid = "", startTime = ""] = name.slice(start.length).split("-");
    return { pid: Number(pid), startTime };
  });
  return all.filter((one, index) => all.findIndex(({ pid }) => pid === one.pid) === index);
}

/** The event and, for another process, its handle; undefined when that process is gone. */
function living(event: number, who: string): number[] | undefined {
  const [pid = 0, created = 0n] = [Number(who.split("-")[0]), BigInt(who.split("-")[1] ?? 0)];
  if (pid === ownPid()) return [event];
  const rights = PROCESS_RIGHTS.synchronize | PROCESS_RIGHTS.queryLimited;
  const process = openProcess(pid, rights);
  if (process === undefined) return undefined;
  if (timesOf(process).created === created && !isSignaled(process)) return [event, process];
  closeHandle(process);
  return undefined;
}

let self: string | undefined;

/** PID-CREATED-RANDOM */
function presenceOf(): string {
  self ??= `${ownPid()}-${timesOf(-1).created}`;
  return `by-${self}-${crypto.randomUUID()}`;
}

function generation(): number {
  const [number = 0] = crypto.getRandomValues(new Uint32Array(1));
  return number % LARGEST;
}
