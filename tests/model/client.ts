// A client: acquire (A1 to A6) as single steps; its release is in `release.ts`.

import {
  count,
  createSet,
  finishDeath,
  forgetToken,
  lockIsFree,
  openSet,
  staged,
  writesTemporary,
} from "./kernel.ts";
import { releaseStep } from "./release.ts";
import type { Setup } from "./scenarios.ts";
import { At, at, type Client, Known, lost, Phase, Recorded, Sh, type State } from "./state.ts";
import { stopped, stopStep } from "./stop.ts";

/** The one step that a client can take; null where it waits or is gone. */
export function clientStep(setup: Setup, s: State, c: Client): string | null {
  const { rules } = setup;
  switch (c.pc) {
    case At.gone:
      return null;
    case At.open:
      if (openSet(s, c)) c.pc = At.lock;
      else c.pc = c.own === 0 && rules.watchedCreation ? At.makeGuardian : At.create;
      return c.set === Known.none ? "A1 semget: ENOENT" : "A1 semget: opens the set";
    case At.makeGuardian:
      c.own = makeGuardian(s);
      c.pc = At.create;
      return "A1 makes a guardian of its own";
    case At.create:
      // Its own guardian may have been killed unnoticed: then nobody watches the new set yet.
      if (s.set === 0 && c.own === lost) s.unwatched = 1;
      createSet(s, c);
      c.pc = At.lock;
      return "A1 semget IPC_CREAT";
    case At.lock:
      if (c.set === Known.removed) return reopen(c);
      if (!lockIsFree(s)) return null;
      c.lock = 1;
      c.pc = At.count;
      if (setup.scenario.stepwise === true) return "A2 semop {start 0} {start +1}";
      c.counted = 1;
      c.pc = At.attach;
      return "A2 semop {start 0} {start +1} {count +1}";
    case At.count:
      c.counted = 1;
      c.pc = At.attach;
      return "A2 semop {count +1}";
    case At.attach:
      return attach(setup, s, c);
    case At.dismissOwn:
      if (c.own !== lost) at(s.guardians, c.own - 1).dismissed = 1;
      c.own = 0;
      c.pc = At.decide;
      return "A4 dismisses its own guardian: writes q, closes";
    case At.decide:
      return decide(setup, s, c);
    case At.recover: {
      const waits = rules.waitForOldExit || s.record === Recorded.starting;
      const did = stopStep(setup, s, c, waits);
      if (did !== stopped) return did === null ? null : `A5 ${did}`;
      c.pc = At.start;
      return clientStep(setup, s, c);
    }
    case At.start:
      c.pc = At.fork;
      if (!rules.writeStartingFirst) return clientStep(setup, s, c);
      if (!staged(setup, s, c)) return stay(c, At.start, writesTemporary);
      s.record = Recorded.starting;
      s.recordService = s.idle = 0;
      forgetToken(s);
      return "A5 writes the record: starting, with a fresh token";
    case At.fork:
      c.service = forkService(s, c);
      c.pc = At.launched;
      return "A5 onFirstAcquire: forks the service";
    case At.launched:
      // Spawning returns to the parent when the child has executed its program.
      if (c.service > 0 && at(s.services, c.service - 1).phase === Phase.halfBorn) return null;
      if (!staged(setup, s, c)) return `A5 ${writesTemporary}`;
      s.record = Recorded.running;
      s.recordService = c.service;
      forgetToken(s);
      c.pc = At.running;
      return "A5 writes the record: running";
    case At.running:
      c.lock = 0;
      c.pc = At.hold;
      return "A6 unlocks: acquire() returns";
    case At.failed: {
      const did = stopStep(setup, s, c, true);
      if (did !== stopped) return did === null ? null : `A6 ${did}`;
      c.counted = c.service = 0;
      c.pc = At.leave;
      return "A6 semop {count -1}";
    }
    case At.dying:
      finishDeath(c);
      return "the kernel finishes its death";
    default:
      return releaseStep(setup, s, c);
  }
}

function stay(c: Client, pc: number, did: string): string {
  c.pc = pc;
  return `A5 ${did}`;
}

/** Forks and executes `sh`: nobody can tell a half-born guardian from one that reads already. */
function makeGuardian(s: State): number {
  const index = s.guardians.findIndex((g) => g.sh === Sh.dead && g.pc === 0);
  at(s.guardians, index).sh = Sh.reading;
  return index + 1;
}

function reopen(c: Client): string {
  c.set = Known.none;
  c.pc = At.open;
  return "A2 semop: EIDRM";
}

/** A4. The address of a dead guardian is no address in this model: attaching to it would fail. */
function attach(setup: Setup, s: State, c: Client): string {
  if (s.recordGuardian !== 0) {
    c.attached = s.recordGuardian;
    c.pc = c.own === 0 ? At.decide : At.dismissOwn;
    s.unwatched = 0;
    return "A4 attaches to the official guardian";
  }
  if (c.own === 0 || c.own === lost) {
    c.own = makeGuardian(s);
    return "A4 makes a guardian of its own";
  }
  if (!staged(setup, s, c)) return `A4 ${writesTemporary}`;
  if (s.record === Recorded.absent) s.record = Recorded.none;
  s.recordGuardian = c.attached = c.own;
  s.unwatched = c.own = 0;
  c.pc = At.decide;
  return "A4 writes the record: its own guardian is official";
}

/** A5. */
function decide(setup: Setup, s: State, c: Client): string | null {
  if (s.idle === 1) {
    if (!staged(setup, s, c)) return `A5 ${writesTemporary}`;
    s.idle = 0;
    return "A5 writes the record: not idle";
  }
  if (s.record === Recorded.running && s.recordService !== 0) {
    c.service = s.recordService;
    c.lock = 0;
    c.pc = At.hold;
    return "A5, A6 finds the service alive, unlocks: acquire() returns";
  }
  const first = s.record === Recorded.none || s.record === Recorded.absent;
  const believesCount = !setup.rules.recordDecides && count(s) === 1;
  c.pc = first || believesCount ? At.start : At.recover;
  return clientStep(setup, s, c);
}

function forkService(s: State, parent: Client): number {
  const index = s.services.findIndex((v) => v.phase === Phase.none);
  const v = at(s.services, index);
  v.phase = Phase.halfBorn;
  v.token = s.record === Recorded.starting ? 1 : 0;
  v.inherited = parent.attached;
  return index + 1;
}
