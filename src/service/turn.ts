// The environment that children inherit is one for the whole process, and a start's token stands in it while its
// callback runs. So callbacks take turns. A callback that acquires another service steps aside meanwhile: the
// other one's start, here or in whoever already waits with its lock, may need the turn.

import { runtime } from "../runtime/mod.ts";
import { initialEnvironment } from "../runtime/process_files.ts";
import { unlessAborted } from "../wait.ts";
import { type Turn, turns } from "./aside.ts";

/** The variable that carries the token. */
export const TOKEN_VARIABLE = "PROCREF_START";

let current: Turn | undefined;
let inherited: { readonly token: string | undefined } | undefined;
const queue: { readonly turn: Turn; readonly begin: () => void }[] = [];

/** Runs a callback with its token in the environment, when its turn has come. */
export async function inTurn<T>(
  token: string,
  body: () => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const { AsyncLocalStorage } = await import("node:async_hooks");
  const store = turns.running ??= new AsyncLocalStorage();
  const turn: Turn = { token, aside: 0, over: false };
  try {
    await take(turn, signal);
    return await unlessAborted(store.run(turn, body), signal);
  } finally {
    turn.over = true;
    give(turn);
  }
}

/** Runs an acquire that is part of a callback: its turn is left to others meanwhile. */
export async function aside<T>(turn: Turn, body: () => Promise<T>): Promise<T> {
  if (turn.aside++ === 0) give(turn);
  try {
    return await body();
  } finally {
    if (--turn.aside === 0 && !turn.over) await take(turn);
  }
}

async function take(turn: Turn, signal?: AbortSignal): Promise<void> {
  if (current === undefined) return begin(turn);
  const turned = new Promise<void>((resolve) => queue.push({ turn, begin: resolve }));
  if (signal === undefined) return await turned;
  await unlessAborted(turned, signal);
}

function begin(turn: Turn): void {
  current = turn;
  // A program that is itself a service has the token of its own start. (On Windows what a process was started with
  // cannot be told from what was set since.)
  inherited ??= { token: initialEnvironment()[TOKEN_VARIABLE] };
  runtime.setVariable(TOKEN_VARIABLE, turn.token);
}

function give(turn: Turn): void {
  const waiting = queue.findIndex((entry) => entry.turn === turn);
  // A nested acquire waits to come back into a turn that is over by now; it may go on without one.
  if (waiting !== -1) queue.splice(waiting, 1)[0]?.begin();
  if (current !== turn) return;
  current = undefined;
  const next = queue.shift();
  if (next === undefined) runtime.setVariable(TOKEN_VARIABLE, inherited?.token);
  else {
    begin(next.turn);
    next.begin();
  }
}
