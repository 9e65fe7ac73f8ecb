// The search: breadth first, so that the first violation found is one with the fewest steps.
//
// Only the states of two neighbouring depths are kept whole. Of all others there remain a
// fingerprint, the number of the state they came from and the number of the move that led to them;
// a trace is played again from those.

import { decode, encode, words } from "./encoding.ts";
import { type Move, movesOf } from "./moves.ts";
import { endViolation, repair, violation } from "./properties.ts";
import { initialState, type Setup } from "./scenarios.ts";
import { at, emptyState } from "./state.ts";
import { replay } from "./trace.ts";
import { Fingerprints } from "./visited.ts";

/** What a search found. */
export interface Result {
  readonly states: number;
  readonly transitions: number;
  readonly depth: number;
  /** States in which nobody could take a step, and those among them that needed a repair (S6). */
  readonly ends: number;
  readonly repairs: number;
  /** The shortest way to a violation, as readable lines; absent if there is none. */
  readonly trace?: readonly string[];
  /** What was violated. */
  readonly violated?: string;
}

/** A list of 32-bit numbers that grows. */
class Words {
  items = new Uint32Array(1 << 12);
  length = 0;

  /** Makes room for some more, without adding them. */
  reserve(more: number): Uint32Array {
    if (this.length + more > this.items.length) {
      const larger = new Uint32Array(this.items.length * 2);
      larger.set(this.items);
      this.items = larger;
    }
    return this.items;
  }
}

/** Where each state came from: the number of its predecessor and that of the move. */
class Origins {
  #from = new Words();
  #move = new Uint8Array(1 << 12);

  add(from: number, move: number): void {
    const place = this.#from.length;
    this.#from.reserve(1)[place] = from;
    this.#from.length++;
    if (place === this.#move.length) {
      const larger = new Uint8Array(place * 2);
      larger.set(this.#move);
      this.#move = larger;
    }
    this.#move[place] = move;
  }

  /** The numbers of the moves that lead from the first state to a state. */
  pathTo(state: number): number[] {
    const path: number[] = [];
    for (let i = state; i > 0; i = this.#from.items[i] ?? 0) path.push(this.#move[i] ?? 0);
    return path.reverse();
  }
}

/** Visits every state that a setup can reach, up to the first violation. */
export function explore(setup: Setup): Result {
  const moves = [...movesOf(setup), repairMove];
  const last = moves.length - 1;
  const seen = new Fingerprints();
  const origins = new Origins();
  const state = emptyState();
  let level = new Words();
  let nextLevel = new Words();
  let first = 0;
  let transitions = 0;
  let depth = 0;
  let ends = 0;
  let repairs = 0;

  function found(number: number, violated: string): Result {
    const trace = replay(setup, moves, origins.pathTo(number));
    return { states: seen.size, transitions, depth, ends, repairs, trace, violated };
  }

  /** Keeps `state` if it is new; returns whether it is. */
  function keep(from: number, move: number): boolean {
    const target = nextLevel.reserve(words);
    encode(state, target, nextLevel.length);
    if (!seen.add(target, nextLevel.length, words)) return false;
    nextLevel.length += words;
    origins.add(from, move);
    return true;
  }

  encode(initialState(setup.scenario), nextLevel.reserve(words), 0);
  decode(nextLevel.items, 0, state);
  keep(0, 0);
  while (nextLevel.length > 0) {
    [level, nextLevel] = [nextLevel, level];
    nextLevel.length = 0;
    const count = level.length / words;
    for (let i = 0; i < count; i++) {
      decode(level.items, i * words, state);
      let stuck = true;
      for (let m = 0; m < last; m++) {
        const move = at(moves, m);
        if (move.apply(state) === null) continue;
        stuck &&= move.fault;
        transitions++;
        if (keep(first + i, m)) {
          const wrong = violation(state);
          if (wrong !== null) return found(seen.size - 1, wrong);
        }
        decode(level.items, i * words, state);
      }
      if (!stuck) continue;
      ends++;
      const wrong = endViolation(state);
      if (wrong === null) continue;
      if (repairMove.apply(state) === null) return found(first + i, wrong);
      keep(first + i, last);
      repairs++;
    }
    first += count;
    depth++;
  }
  return { states: seen.size, transitions, depth, ends, repairs };
}

const repairMove: Move = { kind: "client", index: 0, fault: false, apply: repair };
