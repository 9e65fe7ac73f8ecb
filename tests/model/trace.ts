// A violation as a person reads it: the steps, numbered, and what the kernel and the record say
// after each.

import { decode, encode, renumbering, words } from "./encoding.ts";
import { count, lockIsFree } from "./kernel.ts";
import type { Move } from "./moves.ts";
import { initialState, type Setup } from "./scenarios.ts";
import { at, Pass, Phase, Recorded, Sh, slots, type State } from "./state.ts";

/**
 * Plays moves again, given by their numbers. The search renumbers clients and guardians at every
 * step; here each keeps the name that it first had, and no guardian inherits another's.
 */
export function replay(
  setup: Setup,
  moves: readonly Move[],
  path: readonly number[],
): string[] {
  const state = initialState(setup.scenario);
  const code = new Uint32Array(words);
  let clients = Array.from({ length: slots.clients }, (_, i) => i + 1);
  let guardians = Array.from({ length: slots.guardians }, () => 0);
  let born = 0;
  encode(state, code, 0);
  return path.map((number, i) => {
    decode(code, 0, state);
    const move = at(moves, number);
    const did = move.apply(state);
    guardians = guardians.map((name, slot) => {
      const g = at(state.guardians, slot);
      if (g.sh === Sh.dead && g.pc === Pass.none) return move.kind === "guardian" ? name : 0;
      return name === 0 ? ++born : name;
    });
    const names = move.kind === "client" ? clients : guardians;
    const who = move.kind === "service" ? move.index + 1 : at(names, move.index);
    const official = state.recordGuardian === 0 ? 0 : at(guardians, state.recordGuardian - 1);
    const line = `${i + 1}. ${move.kind} ${who}: ${did}`.padEnd(80);
    const after = summary(state, official);
    encode(state, code, 0);
    clients = clients.map((_, place) => at(clients, renumbering.clients[place] ?? 0));
    guardians = moved(guardians);
    return `${line} | ${after}`;
  });
}

/** The guardians' names in the places where the last `encode` put them. */
function moved(names: readonly number[]): number[] {
  const result = names.map(() => 0);
  names.forEach((name, slot) => {
    const place = renumbering.guardians[slot + 1] ?? 0;
    if (place !== 0) result[place - 1] = name;
  });
  return result;
}

function summary(s: State, official: number): string {
  const set = s.set === 0 ? "no set" : `count ${count(s)}, ${lockIsFree(s) ? "free" : "locked"}`;
  const services = s.services.flatMap((v, i) =>
    v.phase === Phase.none ? [] : `service ${i + 1} ${nameOf(Phase, v.phase)}`
  );
  const record = `record ${nameOf(Recorded, s.record)}`;
  return [set, official === 0 ? record : `${record}, guardian ${official}`, ...services].join("; ");
}

function nameOf(names: Readonly<Record<string, number>>, value: number): string {
  return Object.keys(names).find((name) => names[name] === value) ?? "unknown";
}
