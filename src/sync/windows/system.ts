import type { SyncSystem } from "../system.ts";
import { addAndWake, block, setAndWake, sleep, wake, word } from "./channel.ts";
import { createObject, openObject, unlinkObject } from "./store.ts";
import { holdThread, processOf, self } from "./thread.ts";

/** Windows, from 8.1 on. */
export const windows: SyncSystem = {
  open: openObject,
  create: createObject,
  unlink: unlinkObject,
  // Threads have one number in the whole system.
  scope: () => 1n,
  self,
  hold: holdThread,
  processOf,
  word,
  sleep,
  block,
  wake,
  setAndWake,
  addAndWake,
};
