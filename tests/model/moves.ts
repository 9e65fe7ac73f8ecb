// Everything that can happen next: each process's own step, the kernel's, and the faults.

import { clientStep } from "./client.ts";
import { guardianStep, startPass } from "./guardian.ts";
import { endPass, endService, endSh, killClient, killSh } from "./kernel.ts";
import type { Setup } from "./scenarios.ts";
import { At, at, lost, Pass, Phase, type Process, Sh, slots, type State } from "./state.ts";

/** Something that can happen. */
export interface Move {
  /** Whose step it is, for the trace. */
  readonly kind: "client" | "guardian" | "service";
  readonly index: number;
  /** A fault may happen but need not: where only faults are possible, everybody waits. */
  readonly fault: boolean;
  /** Changes the state and says what happened, or returns null and leaves the state as it was. */
  readonly apply: (s: State) => string | null;
}

/** All moves of a scenario; which of them are possible depends on the state. */
export function movesOf(setup: Setup): Move[] {
  const moves: Move[] = [];
  for (let i = 0; i < setup.scenario.clients; i++) moves.push(...clientMoves(setup, i));
  for (let i = 0; i < slots.guardians; i++) moves.push(...guardianMoves(setup, i));
  for (let i = 0; i < slots.services; i++) moves.push(...serviceMoves(i));
  return moves;
}

/** Steps are merged by falling through to the next one; if that one waits, nothing has happened. */
function whole(p: Process, step: () => string | null): string | null {
  const { pc, stop } = p;
  const did = step();
  if (did === null) {
    p.pc = pc;
    p.stop = stop;
  }
  return did;
}

function clientMoves(setup: Setup, i: number): Move[] {
  const who = { kind: "client", index: i } as const;
  const step = (s: State) => {
    const c = at(s.clients, i);
    return c.pc === At.gone ? null : whole(c, () => clientStep(setup, s, c));
  };
  const kill = (s: State) => {
    const c = at(s.clients, i);
    if (s.crashes === 0 || c.pc === At.gone || c.pc === At.dying) return null;
    s.crashes--;
    killClient(setup, c);
    return "is killed";
  };
  const abandon = (s: State) => {
    const c = at(s.clients, i);
    if (s.abandons === 0 || c.pc !== At.lock) return null;
    s.abandons--;
    if (!setup.rules.abandonWithoutDismissing && c.own !== 0 && c.own !== lost) {
      at(s.guardians, c.own - 1).dismissed = 1;
    }
    c.own = c.set = c.rounds = 0;
    c.pc = At.gone;
    return "A2 gives up waiting for the lock";
  };
  const failStart = (s: State) => {
    const c = at(s.clients, i);
    if (s.throws === 0 || c.pc !== At.launched || c.staged === 1) return null;
    if (c.service > 0 && at(s.services, c.service - 1).phase === Phase.halfBorn) return null;
    s.throws--;
    c.pc = At.failed;
    return "A5 onFirstAcquire throws";
  };
  return [
    { ...who, fault: false, apply: step },
    { ...who, fault: true, apply: kill },
    { ...who, fault: true, apply: abandon },
    { ...who, fault: true, apply: failStart },
  ];
}

function guardianMoves(setup: Setup, i: number): Move[] {
  const who = { kind: "guardian", index: i } as const;
  const step = (s: State) => {
    const g = at(s.guardians, i);
    if (g.sh === Sh.dead && g.pc === Pass.none) return null;
    return whole(g, () => guardianStep(setup, s, i));
  };
  const kill = (s: State) => {
    const g = at(s.guardians, i);
    if (s.crashes === 0 || g.sh === Sh.dead) return null;
    s.crashes--;
    killSh(s, g, i + 1);
    return "is killed (its sh)";
  };
  const killPass = (s: State) => {
    const g = at(s.guardians, i);
    if (s.crashes === 0 || g.pc === Pass.none) return null;
    s.crashes--;
    endPass(g);
    if (g.sh === Sh.dead) return "is killed (the orphaned pass)";
    if (setup.rules.repeatKilledPass) {
      startPass(g);
      return "is killed (its pass; the sh starts another)";
    }
    endSh(s, g, i + 1);
    return "is killed (its pass; the sh exits)";
  };
  return [
    { ...who, fault: false, apply: step },
    { ...who, fault: true, apply: kill },
    { ...who, fault: true, apply: killPass },
  ];
}

function serviceMoves(i: number): Move[] {
  const who = { kind: "service", index: i } as const;
  const exec = (s: State) => {
    const v = at(s.services, i);
    if (v.phase !== Phase.halfBorn) return null;
    v.phase = Phase.alive;
    v.inherited = 0;
    return "executes its program; what it shared with its parent closes";
  };
  const exit = (s: State) => {
    if (at(s.services, i).phase !== Phase.signalled) return null;
    endService(s, i);
    return "exits";
  };
  const killedByOthers = (s: State) => {
    if (s.outside === 0 || at(s.services, i).phase !== Phase.alive) return null;
    s.outside--;
    endService(s, i);
    return "is killed from outside";
  };
  return [
    { ...who, fault: false, apply: exec },
    { ...who, fault: false, apply: exit },
    { ...who, fault: true, apply: killedByOthers },
  ];
}
