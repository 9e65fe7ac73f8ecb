// A guardian: its `sh`, and the pass that the `sh` runs at EOF (G1 to G5), as single steps.

import {
  count,
  createSet,
  endPass,
  endSh,
  hasWriters,
  lockIsFree,
  openSet,
  removeSet,
  staged,
  unlinkOne,
  writesTemporary,
} from "./kernel.ts";
import type { Setup } from "./scenarios.ts";
import { at, type Guardian, Known, Pass, Recorded, Sh, type State } from "./state.ts";
import { stopped, stopStep } from "./stop.ts";

/** The one step of a guardian: while a pass runs its `sh` waits for it. */
export function guardianStep(setup: Setup, s: State, index: number): string | null {
  const g = at(s.guardians, index);
  if (g.pc !== Pass.none) return passStep(setup, s, g, index + 1);
  if (g.sh === Sh.reading) {
    if (g.dismissed === 1) {
      endSh(s, g, index + 1);
      return "G1 reads q and exits";
    }
    if (hasWriters(s, index + 1)) return null;
    startPass(g);
    return "G1 reads EOF and starts a pass";
  }
  if (g.sh !== Sh.sleeping) return null;
  startPass(g);
  return "G5 wakes up and starts a pass";
}

/** Starts a pass, after EOF, after a sleep, or in place of one that was killed. */
export function startPass(g: Guardian): void {
  g.sh = Sh.waiting;
  g.pc = Pass.open;
}

function passStep(setup: Setup, s: State, g: Guardian, guardian: number): string | null {
  switch (g.pc) {
    case Pass.open:
      g.pc = openSet(s, g) ? Pass.lock : Pass.readRecord;
      return g.set === Known.none ? "G2 semget: ENOENT" : "G2 semget: opens the set";
    case Pass.readRecord:
      g.pc = s.record === Recorded.absent ? Pass.exitDone : Pass.create;
      return s.record === Recorded.absent ? "G2 finds no record" : "G2 finds a record";
    case Pass.create:
      if (s.set === 0 && g.sh === Sh.dead) s.unwatched = 1;
      createSet(s, g);
      g.pc = Pass.lock;
      return "G2 semget IPC_CREAT";
    case Pass.lock:
      if (g.set === Known.removed) return reopen(g, "G3");
      if (!lockIsFree(s)) return null;
      g.lock = 1;
      g.pc = Pass.look;
      return "G3 semop {start 0} {start +1}";
    case Pass.look:
      return look(setup, s, g, guardian);
    case Pass.zero:
      return waitForZero(setup, s, g);
    case Pass.lockAfterZero:
      if (g.set === Known.removed) return reopen(g, "G4");
      if (!lockIsFree(s)) return null;
      g.lock = 1;
      g.pc = Pass.alone;
      return "G4 semop {start 0} {start +1}";
    case Pass.alone:
      return alone(setup, s, g, guardian);
    case Pass.goIdle:
      return unlock(g, Pass.exitSleep, "G5 unlocks, to sleep");
    case Pass.stopping: {
      const did = stopStep(setup, s, g, true);
      if (did !== stopped) return did === null ? null : `G5 ${did}`;
      g.pc = setup.rules.removeRecordFirst ? Pass.removeRecord : Pass.removeSet;
      return passStep(setup, s, g, guardian);
    }
    case Pass.removeRecord: {
      const did = unlinkOne(s);
      if (did !== null) return `G5 ${did}`;
      g.pc = setup.rules.removeRecordFirst ? Pass.removeSet : Pass.exitDone;
      return passStep(setup, s, g, guardian);
    }
    case Pass.removeSet:
      removeSet(s);
      g.pc = setup.rules.removeRecordFirst ? Pass.exitDone : Pass.removeRecord;
      return "G5 IPC_RMID";
    default:
      return exit(s, g, guardian);
  }
}

function reopen(g: Guardian, step: string): string {
  g.set = Known.none;
  g.pc = Pass.open;
  return `${step} semop: EIDRM`;
}

function unlock(g: Guardian, next: number, did: string): string {
  g.lock = 0;
  g.pc = next;
  return did;
}

/** G4: the count and the record, read under the lock. */
function look(setup: Setup, s: State, g: Guardian, guardian: number): string | null {
  if (count(s) === 0) return alone(setup, s, g, guardian);
  if (s.recordGuardian !== guardian) {
    return unlock(g, Pass.exitDone, "G4 is not official: unlocks");
  }
  if (hasWriters(s, guardian)) return unlock(g, Pass.exitReadOn, "G4 has writers: unlocks");
  if (!setup.rules.waitForZero) return unlock(g, Pass.exitDone, "G4 has no writers: unlocks");
  return unlock(g, Pass.zero, "G4 has no writers though the count is not zero: unlocks");
}

function waitForZero(setup: Setup, s: State, g: Guardian): string | null {
  if (g.set === Known.removed) return reopen(g, "G4");
  if (count(s) > 0) return null;
  if (!setup.rules.zeroAndLockAtOnce) {
    g.pc = Pass.lockAfterZero;
    return "G4 semop {count 0}";
  }
  if (!lockIsFree(s)) return null;
  g.lock = 1;
  g.pc = Pass.alone;
  return "G4 semop {count 0} {start 0} {start +1}";
}

/** G5: the count is zero. A set `idle` is the mark of a pass before the sleep: nobody came since. */
function alone(setup: Setup, s: State, g: Guardian, guardian: number): string | null {
  g.pc = Pass.alone;
  if (s.recordGuardian !== 0 && s.recordGuardian !== guardian) {
    return unlock(g, Pass.exitDone, "G5 another guardian is official: unlocks");
  }
  if (setup.scenario.linger === true && s.record === Recorded.running && s.idle === 0) {
    if (!staged(setup, s, g)) return `G5 ${writesTemporary}`;
    s.idle = 1;
    g.pc = Pass.goIdle;
    return "G5 writes the record: idle";
  }
  g.pc = Pass.stopping;
  return passStep(setup, s, g, guardian);
}

/** The pass exits and the `sh` obeys its code; an orphan's code reaches nobody. */
function exit(s: State, g: Guardian, guardian: number): string {
  const code = g.pc;
  endPass(g);
  if (g.sh === Sh.dead) return "the orphaned pass exits";
  if (code === Pass.exitDone) {
    endSh(s, g, guardian);
    return "the pass exits and the sh too";
  }
  g.sh = code === Pass.exitReadOn ? Sh.reading : Sh.sleeping;
  return code === Pass.exitReadOn
    ? "the pass exits, the sh reads on"
    : "the pass exits, the sh sleeps";
}
