// Numbers of threads: a dead process's number may go to a thread, which is no process.

import { assertEquals, assertNotEquals } from "@std/assert";
import { readdirSync } from "node:fs";
import { pid } from "node:process";
import {
  identify,
  isAlive,
  type ProcessTarget,
  sendSignal,
  stop,
  waitForExit,
} from "../../src/process/mod.ts";
import { test } from "../harness/mod.ts";
import { NO_PID, obedient } from "./children.ts";

/** A thread of this process that is not its first. */
function thread(): number {
  return readdirSync("/proc/self/task").map(Number).find((number) => number !== pid) ?? NO_PID;
}

test("the number of a thread names no process", () => {
  assertNotEquals(thread(), NO_PID);
  assertEquals([isAlive(thread()), identify(thread())], [false, undefined]);
  assertEquals([isAlive(pid), identify(pid)?.pid], [true, pid]);
});

test("a process whose number belongs to a thread by now is gone", async () => {
  await using child = await obedient();
  const startTime = identify(child.pid)?.startTime ?? "";
  const targets: ProcessTarget[] = [thread(), { pid: thread(), startTime }];
  for (const target of targets) {
    assertEquals([sendSignal(target, 0), await stop(target)], [false, "gone"]);
    await waitForExit(target, { timeout: 0 });
  }
});
