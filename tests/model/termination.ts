// S5 in its strong form: no run goes on for ever.
//
// That no process is stuck is checked by `explore`; that none goes round in circles follows if no
// state can be reached from itself. Faults are counted down, so they close no circle.

import { decode, encode, words } from "./encoding.ts";
import { movesOf } from "./moves.ts";
import { initialState, type Setup } from "./scenarios.ts";
import { emptyState } from "./state.ts";
import { replay } from "./trace.ts";

/** Looks for a circle, depth first; returns the way into it and once around, or null. */
export function findCircle(setup: Setup): readonly string[] | null {
  const moves = movesOf(setup);
  const onPath = new Map<string, boolean>();
  const path: number[] = [];

  function visit(code: Uint32Array): boolean {
    const key = code.join();
    const known = onPath.get(key);
    if (known !== undefined) return known;
    onPath.set(key, true);
    const state = emptyState();
    for (const [number, move] of moves.entries()) {
      decode(code, 0, state);
      if (move.apply(state) === null) continue;
      const next = new Uint32Array(words);
      encode(state, next, 0);
      path.push(number);
      if (visit(next)) return true;
      path.pop();
    }
    onPath.set(key, false);
    return false;
  }

  const start = new Uint32Array(words);
  encode(initialState(setup.scenario), start, 0);
  return visit(start) ? replay(setup, moves, path) : null;
}
