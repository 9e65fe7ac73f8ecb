// What the kernel does: the semaphore set, pipes, and what a death closes and undoes.
//
// A step of the model is one system call that another process can notice. A call that only its
// caller notices (a read under the lock, opening a file of one's own) is merged with the next one
// that others notice: a kill between the two leaves the same world as a kill before both.

import {
  At,
  at,
  type Client,
  type Guardian,
  Known,
  lost,
  Pass,
  Phase,
  type Process,
  Recorded,
  Sh,
  type State,
} from "./state.ts";
import type { Setup } from "./scenarios.ts";

/** `semget` without IPC_CREAT. */
export function openSet(s: State, p: Process): boolean {
  if (s.set === 0) return false;
  p.set = Known.current;
  return true;
}

/** `semget` with IPC_CREAT. */
export function createSet(s: State, p: Process): void {
  s.set = 1;
  p.set = Known.current;
}

/** The value of `start` is zero. */
export function lockIsFree(s: State): boolean {
  for (const c of s.clients) if (c.lock === 1) return false;
  for (const g of s.guardians) if (g.lock === 1) return false;
  return true;
}

/** GETVAL of `count`. */
export function count(s: State): number {
  let sum = 0;
  for (const c of s.clients) sum += c.counted;
  return sum;
}

/** IPC_RMID: values and undos are gone, and whoever opened the set gets EIDRM or EINVAL from now on. */
export function removeSet(s: State): void {
  s.set = 0;
  for (const c of s.clients) {
    c.lock = 0;
    c.counted = 0;
    if (c.set === Known.current) c.set = Known.removed;
  }
  for (const g of s.guardians) {
    g.lock = 0;
    if (g.set === Known.current) g.set = Known.removed;
  }
}

/** Whether any process can write to a guardian's pipe. */
export function hasWriters(s: State, guardian: number): boolean {
  for (const c of s.clients) if (c.own === guardian || c.attached === guardian) return true;
  for (const v of s.services) if (v.inherited === guardian) return true;
  return false;
}

/**
 * First half of a record write: the temporary file. Returns true when only the rename, which the
 * caller then performs, is left.
 */
export function staged(setup: Setup, s: State, p: Process): boolean {
  if (setup.scenario.renames !== true || p.staged === 1) {
    p.staged = 0;
    s.temporary = 0;
    return true;
  }
  p.staged = 1;
  s.temporary = 1;
  return false;
}

/** What `staged` did when it returned false. */
export const writesTemporary = "writes the new record to the temporary file";

/** Removes one of the record and its temporary file; returns null when neither is left. */
export function unlinkOne(s: State): string | null {
  if (s.record !== Recorded.absent) {
    s.record = Recorded.absent;
    s.recordGuardian = s.recordService = s.idle = 0;
    forgetToken(s);
    return "unlinks the record";
  }
  if (s.temporary === 0) return null;
  s.temporary = 0;
  return "unlinks the temporary file";
}

/** The token of the record is replaced or gone: nobody carries it any more. */
export function forgetToken(s: State): void {
  for (const v of s.services) v.token = 0;
}

/** A guardian's `sh` ends; its pipe has no reader any more and its address leads nowhere. */
export function endSh(s: State, g: Guardian, guardian: number): void {
  g.sh = Sh.dead;
  g.dismissed = 0;
  if (s.recordGuardian === guardian) s.recordGuardian = 0;
  for (const c of s.clients) {
    if (c.own === guardian) c.own = lost;
    if (c.attached === guardian) c.attached = 0;
  }
  for (const v of s.services) if (v.inherited === guardian) v.inherited = 0;
}

/** A service process ends; its identity leads nowhere, however soon its slot is used again. */
export function endService(s: State, index: number): void {
  const v = at(s.services, index);
  v.phase = Phase.none;
  v.token = v.inherited = 0;
  if (s.recordService === index + 1) s.recordService = 0;
  for (const c of s.clients) if (c.service === index + 1) c.service = 0;
}

/** kill -9 of a client: the first half of what the kernel does then, in the scenario's order. */
export function killClient(setup: Setup, c: Client): void {
  const closesFirst = setup.scenario.closesFirst === true;
  const secondHalf = closesFirst ? c.lock + c.counted > 0 : isWriter(c);
  c.pc = secondHalf ? At.dying : At.gone;
  c.rounds =
    c.stop =
    c.staged =
    c.service =
      0;
  if (closesFirst) closeAll(c);
  else undoAll(c);
  if (c.pc === At.gone) finishDeath(c);
}

/** The second half of a client's death; the first has left nothing of its own kind to do. */
export function finishDeath(c: Client): void {
  closeAll(c);
  undoAll(c);
  c.pc = At.gone;
}

function isWriter(c: Client): boolean {
  return c.attached !== 0 || (c.own !== 0 && c.own !== lost);
}

function closeAll(c: Client): void {
  c.own = c.attached = 0;
}

function undoAll(c: Client): void {
  c.lock = c.counted = c.set = 0;
}

/**
 * kill -9 of a guardian's `sh`. Its pass, if one runs, goes on as an orphan. From now on something
 * may be left behind, unless the record names another guardian, who is alive.
 */
export function killSh(s: State, g: Guardian, guardian: number): void {
  endSh(s, g, guardian);
  if (s.set === 1 && s.recordGuardian === 0) s.unwatched = 1;
}

/** The end of a pass, by exit or kill: its undo is done before its parent can know. */
export function endPass(g: Guardian): void {
  g.pc = Pass.none;
  g.set =
    g.lock =
    g.stop =
    g.staged =
      0;
}
