// What a Mac has to show about processes: the rest of tests/process asks Linux's /proc for the truth.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { pid } from "node:process";
import { platform } from "../../ffi/platform.ts";
import { identify, isAlive, stop, TimeoutError, waitForExit } from "../../src/process/mod.ts";
import { test } from "../harness/mod.ts";

function sleeper(): number {
  return spawn("sleep", ["60"], { stdio: "ignore" }).pid ?? 0;
}

const promises: Readonly<Record<string, () => void | Promise<void>>> = {
  "this process and process 1 are alive, 999999999 is not"() {
    assertEquals([pid, 1, 999999999].map(isAlive), [true, true, false]);
  },

  "an identity stays the same, and another start time is another process"() {
    const identity = identify(pid);
    assert(identity !== undefined);
    assertEquals(identify(pid), identity);
    assertEquals(isAlive({ pid, startTime: "0.000000" }), false);
  },

  async "stop() asks, and waitForExit() hears of the end"() {
    const identity = identify(sleeper());
    assert(identity !== undefined);
    const ended = waitForExit(identity);
    assertEquals([await stop(identity), await stop(identity)], ["terminated", "gone"]);
    await ended;
  },

  async "stop() kills who does not obey"() {
    const child = spawn("sh", ["-c", "trap '' TERM; echo ready; while :; do sleep 1; done"]);
    await once(child.stdout, "data");
    assertEquals(await stop(child.pid ?? 0, { timeout: 100 }), "killed");
  },

  async "waitForExit() of a process that lives times out"() {
    await assertRejects(() => waitForExit(1, { timeout: 10 }), TimeoutError);
  },

  "a zombie is not alive"() {
    const child = spawn("true", { stdio: "ignore" });
    const end = performance.now() + 5000;
    // The runtime reaps in a later turn.
    while (isAlive(child.pid ?? 0)) assert(performance.now() < end);
    assertEquals(identify(child.pid ?? 0), undefined);
  },
};

if (platform === "darwin") {
  for (const [title, body] of Object.entries(promises)) test(title, body);
}
