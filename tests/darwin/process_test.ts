// What a Mac has to show about processes: the rest of tests/process asks Linux's /proc for the truth.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { pid } from "node:process";
import { files } from "../../ffi/libc.ts";
import { POSIX } from "../../ffi/numbers/mod.ts";
import { platform } from "../../ffi/platform.ts";
import { pipe } from "../../src/file/descriptors.ts";
import { close, OPEN, open, readAll } from "../../src/file/posix.ts";
import { collect, endingOf, launch } from "../../src/process/launch.ts";
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

  async "a launched child's ending is its code, or 128 and the signal"() {
    for (const [line, ending] of [["exit 7", 7], ["kill -9 $$", 137], ["kill $$", 143]] as const) {
      const nothing = open("/dev/null", OPEN.readOnly);
      const command = ["/bin/sh", "-c", line];
      const child = launch({
        command,
        environment: {},
        directory: "/",
        stdin: nothing,
        collected: true,
      });
      close(nothing);
      await waitForExit(child);
      assertEquals([line, endingOf(child)], [line, ending]);
      collect(child);
      assertEquals(endingOf(child), undefined);
    }
  },

  async "a launched child has the descriptors that it is given, and no other"() {
    const given = pipe();
    const other = pipe();
    // As if another thread had just opened them.
    for (const end of [other.readEnd, other.writeEnd]) files().fcntl(end, POSIX.F_SETFD, 0);
    const look = "n=0; while [ $n -lt 300 ]; do [ ! -e /dev/fd/$n ] || echo $n; n=$((n + 1)); done";
    const command = ["/bin/sh", "-c", `exec >&5; ${look}`];
    const launching = { command, environment: {}, directory: "/", stdin: given.readEnd };
    const child = launch({ ...launching, collected: true, descriptors: { 5: given.writeEnd } });
    await waitForExit(child);
    collect(child);
    close(given.writeEnd);
    const list = new TextDecoder().decode(readAll(given.readEnd, 1000));
    for (const end of [given.readEnd, other.readEnd, other.writeEnd]) close(end);
    assertEquals(list.trim().split("\n"), ["0", "1", "2", "5"]);
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
