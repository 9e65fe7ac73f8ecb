import { readLink } from "../../file/posix.ts";
import type { SyncSystem } from "../system.ts";
import { addAndWake, block, setAndWake, wake, word } from "./futex.ts";
import { sleep } from "./sleepers.ts";
import { createObject, openObject, pidNamespace, unlinkObject } from "./store.ts";
import { holdThread, processOf, self } from "./thread.ts";

/** Linux, from 5.16 on. */
export const linux: SyncSystem = {
  open: openObject,
  create: createObject,
  unlink: unlinkObject,
  scope: () => pidNamespace(readLink("/proc/self/ns/pid") ?? ""),
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
