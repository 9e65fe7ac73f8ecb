// The start-up lock is a semaphore of which only its holder has a handle: the lock is held as long as that handle is
// open, whichever thread opened it, and the kernel closes it when the holder dies. (A mutex would belong to a thread.)
// Values that a semaphore has for nothing else tell whose it is; an event that is made for each hold tells of its end.

import { closeHandle } from "../../../ffi/windows/ntdll.ts";
import type { Gate } from "../../object/gate.ts";
import {
  createEvent,
  createSemaphore,
  handleCount,
  openEvent,
  openSemaphore,
  semaphoreValues,
  setEvent,
  type Where,
} from "../../object/named.ts";
import { inTurn } from "../../object/turns.ts";
import { whenAny } from "../../object/wait.ts";
import { openProcess, ownPid, PROCESS_RIGHTS } from "../../process/windows.ts";
import type { Place } from "./place.ts";

const PID_BASE = 2 ** 30; // the maximum is this and the pid; the value is the hold's number, which is below

/** A lock that this object holds. */
export interface Hold {
  readonly lock: number;
  readonly freed: number;
}

interface Holder {
  readonly pid: number;
  readonly number: number;
}

function endOf(place: Place, { pid, number }: Holder): Where {
  return place.part(`freed-${pid}-${number}`);
}

/** Takes the lock if it is free. To be called inside the gate. */
export function takeLock(place: Place): Hold | undefined {
  const holder = { pid: ownPid(), number: randomNumber() };
  const lock = createSemaphore(place.part("lock"), holder.number, PID_BASE + holder.pid);
  let hold: Hold | undefined;
  try {
    if (handleCount(lock) === 1) hold = { lock, freed: createEvent(endOf(place, holder)) };
    return hold;
  } finally {
    // An open handle is the lock.
    if (hold === undefined) closeHandle(lock);
  }
}

/** Frees the lock. To be called inside the gate. */
export function freeLock({ lock, freed }: Hold): void {
  closeHandle(lock);
  setEvent(freed);
  closeHandle(freed);
}

/** The holder of the lock. To be called inside the gate. */
export function lockHolder(place: Place): Holder | undefined {
  const lock = openSemaphore(place.part("lock"));
  if (lock === undefined) return undefined;
  const { value, maximum } = semaphoreValues(lock);
  closeHandle(lock);
  return { pid: maximum - PID_BASE, number: value };
}

/** Waits until the lock may be taken, and takes it together with what `body` does inside the gate. */
export function takeLockWhenFree<T>(
  place: Place,
  gate: Gate,
  signal: AbortSignal,
  body: (hold: Hold) => T,
): Promise<T> {
  return inTurn(place.part("lock").name, signal, () => take(place, gate, signal, body));
}

async function take<T>(
  place: Place,
  gate: Gate,
  signal: AbortSignal,
  body: (hold: Hold) => T,
): Promise<T> {
  for (;;) {
    signal.throwIfAborted();
    const outcome = gate.inside(() => {
      const hold = takeLock(place);
      return hold === undefined ? { ends: endsOf(place) } : { result: body(hold) };
    });
    if ("result" in outcome) return outcome.result;
    // Woken, all who waited try again; whoever is first has it.
    if (outcome.ends !== undefined) await whenAny(outcome.ends, signal);
  }
}

/** What tells of the end of the present hold: its event, and its process's handle. Undefined: it has just ended. */
function endsOf(place: Place): number[] | undefined {
  const holder = lockHolder(place);
  if (holder === undefined) return undefined;
  const freed = openEvent(endOf(place, holder));
  if (freed === undefined) return undefined;
  if (holder.pid === ownPid()) return [freed];
  const ends = [freed];
  let complete = false;
  try {
    const rights = PROCESS_RIGHTS.synchronize | PROCESS_RIGHTS.queryLimited;
    const process = openProcess(holder.pid, rights);
    if (process === undefined) return undefined;
    ends.push(process);
    // If the lock is held still, the holder lives, and the process is the holder.
    complete = lockHolder(place)?.number === holder.number;
    return complete ? ends : undefined;
  } finally {
    if (!complete) ends.forEach(closeHandle);
  }
}

function randomNumber(): number {
  const [number = 0] = crypto.getRandomValues(new Uint32Array(1));
  return number % PID_BASE;
}
