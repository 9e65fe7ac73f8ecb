import { assertEquals, assertNotEquals, assertRejects, assertThrows } from "@std/assert";
import { copyFileSync, readFileSync } from "node:fs";
import { pid } from "node:process";
import {
  identify,
  isAlive,
  kill,
  type ProcessTarget,
  sendSignal,
  stop,
  terminate,
  waitForExit,
} from "../../src/process/mod.ts";
import { eventually, linuxTest, temporaryDirectory, test } from "../harness/mod.ts";
import { NO_PID, obedient, shell, zombie } from "./children.ts";

const NO_PIDS = [-1, 0, -(2 ** 31), 1.5, NaN, Infinity, -Infinity, 2 ** 31];

const CALLS: Record<string, (target: ProcessTarget) => unknown> = {
  isAlive,
  sendSignal: (target) => sendSignal(target, 0),
  terminate,
  kill,
};

const WAITS: Record<string, (target: ProcessTarget) => Promise<unknown>> = { stop, waitForExit };

/** Field 22 of the 52 in /proc/PID/stat (proc(5)), from the end: the command in it may hold anything. */
function startTime(pid: number): string | undefined {
  return readFileSync(`/proc/${pid}/stat`, "utf8").trim().split(" ").at(22 - 52 - 1);
}

linuxTest("identify() of this process is its pid and the start time that the kernel tells", () => {
  assertEquals(identify(pid), { pid, startTime: startTime(pid) ?? "" });
});

test("identify() is undefined where there is no such process", () => {
  assertEquals(identify(NO_PID), undefined);
});

test("identify() is undefined for a zombie", async () => {
  await using parent = await zombie();
  assertEquals(identify(parent.zombie), undefined);
});

linuxTest(
  "a process whose name looks like fields of its own is identified rightly, and alive",
  async () => {
    using directory = temporaryDirectory();
    const name = "a) Z 1 (b";
    copyFileSync("/bin/sleep", `${directory.path}/${name}`);
    await using child = await shell(`echo ready; exec '${directory.path}/${name}' 60`);
    await eventually(() => readFileSync(`/proc/${child.pid}/comm`, "utf8") === `${name}\n`);
    assertEquals(identify(child.pid)?.startTime, startTime(child.pid));
    assertEquals(isAlive(child.pid), true);
  },
);

test("identities of processes that started at different times differ", async () => {
  await using child = await obedient();
  assertNotEquals(identify(child.pid)?.startTime, identify(1)?.startTime);
});

test("an identity stays the same while its process lives", async () => {
  await using child = await obedient();
  assertEquals(identify(child.pid), identify(child.pid));
});

for (const value of NO_PIDS) {
  test(`${value} is no pid: every call is a RangeError`, async () => {
    assertThrows(() => identify(value), RangeError, `${value}`);
    for (const call of Object.values(CALLS)) {
      assertThrows(() => call(value), RangeError, `${value}`);
      assertThrows(() => call({ pid: value, startTime: "1" }), RangeError, `${value}`);
    }
    for (const wait of Object.values(WAITS)) {
      await assertRejects(() => wait(value), RangeError, `${value}`);
    }
  });
}

test("what is neither a pid nor an identity is a TypeError in every call", async () => {
  for (const json of ["null", '"1"', "{}", '{"pid": "1", "startTime": "1"}', '{"pid": 1}']) {
    for (const call of Object.values(CALLS)) assertThrows(() => call(JSON.parse(json)), TypeError);
    for (const wait of Object.values(WAITS)) {
      await assertRejects(() => wait(JSON.parse(json)), TypeError);
    }
  }
});
