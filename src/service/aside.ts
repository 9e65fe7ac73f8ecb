// An acquire inside a callback of another service: see turn.ts, which is loaded where there is such a callback.

import type { AsyncLocalStorage } from "node:async_hooks";
import { once } from "../once.ts";

const turning = /* @__PURE__ */ once(() => import("./turn.ts"));

/** A callback's turn. */
export interface Turn {
  readonly token: string;
  /** How many acquires inside the callback are under way. */
  aside: number;
  over: boolean;
}

/** Finds the turn of the callback that is running; set by the first one. */
export const turns: { running?: AsyncLocalStorage<Turn> } = {};

/** Runs an acquire; if it is part of a callback, that one's turn is left to others meanwhile. */
export function asideFromTurn<T>(body: () => Promise<T>): Promise<T> {
  const turn = turns.running?.getStore();
  return turn === undefined || turn.over ? body() : outside(turn, body);
}

async function outside<T>(turn: Turn, body: () => Promise<T>): Promise<T> {
  const { aside } = await turning();
  return await aside(turn, body);
}
