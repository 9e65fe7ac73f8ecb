import { fileStore } from "../file_store.ts";
import type { SyncSystem } from "../system.ts";
import { addAndWake, block, setAndWake, sleep, wake, word } from "./channel.ts";
import { place } from "./place.ts";
import { holdThread, processOf, self } from "./thread.ts";

/** macOS. */
export const darwin: SyncSystem = {
  ...fileStore(place),
  // Threads have one number in the whole system, until the next boot, whose objects are others.
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
