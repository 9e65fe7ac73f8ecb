// A guardian whose pipe is a FIFO, which is what there is on macOS: here it runs on every POSIX system.

import { assert, assertEquals } from "@std/assert";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import { attach, detach, type GuardianHold } from "../../src/guardian/pipe.ts";
import { isHeld, isWatched } from "../../src/guardian/ends.ts";
import { dismiss, endLingering, removeFifo } from "../../src/guardian/dismiss.ts";
import { startGuardian } from "../../src/guardian/start.ts";
import { waitForExit } from "@procref/procref/process";
import { reap } from "../../src/process/launched.ts";
import { eventually, temporaryDirectory, test } from "../harness/mod.ts";

/** A guardian in a directory of its own, whose pass writes a line into `log` and goes on watching until `over` is there. */
function guardianIn(directory: string): GuardianHold {
  return startGuardian({
    title: "procref-guardian of a test",
    command: [],
    pass: `echo pass >>"$LOG"; [ -e "$LOG.over" ] || echo watch`,
    directory: "/",
    environment: { LOG: `${directory}/log`, PATH: process.env["PATH"] ?? "/bin:/usr/bin" },
    fifo: `${directory}/fifo`,
  });
}

function passes(directory: string): number {
  const log = `${directory}/log`;
  return existsSync(log) ? readFileSync(log, "utf8").split("\n").length - 1 : 0;
}

test("others attach by the FIFO, and a dismissed guardian takes it away", async () => {
  using directory = temporaryDirectory();
  const own = guardianIn(directory.path);
  const other = attach(own.address);
  assert(other !== undefined);
  assertEquals([isWatched(own), isWatched(other)], [true, true]);
  detach(other);
  await dismiss(own);
  assertEquals([attach(own.address), readdirSync(directory.path)], [undefined, []]);
});

test("a pass runs when the last writer is gone, and who attaches then is watched again", async () => {
  using directory = temporaryDirectory();
  const { address, descriptor } = guardianIn(directory.path);
  detach({ address, descriptor });
  // Without writers it reads the end again and again, until somebody comes.
  await eventually(() => passes(directory.path) > 0);
  const late = attach(address);
  assert(late !== undefined);
  await eventually(() => {
    const before = passes(directory.path);
    const end = performance.now() + 20;
    while (performance.now() < end);
    return passes(directory.path) === before;
  });
  writeFileSync(`${directory.path}/log.over`, "");
  detach(late);
  await waitForExit(address);
  reap();
  assertEquals(existsSync(`${directory.path}/fifo`), false);
});

test("whether anybody holds the FIFO is asked without touching it", async () => {
  using directory = temporaryDirectory();
  const own = guardianIn(directory.path);
  const { address } = own;
  process.kill(address.pid, "SIGSTOP");
  assertEquals(isHeld(address), true);
  detach(own);
  assertEquals(isHeld(address), false);
  const again = attach(address);
  assert(again !== undefined);
  assertEquals(isHeld(address), true);
  process.kill(address.pid, "SIGCONT");
  await dismiss(again);
});

test("a killed guardian's FIFO goes with whoever replaces it, and nothing else does", async () => {
  using directory = temporaryDirectory();
  const own = guardianIn(directory.path);
  const { address } = own;
  process.kill(address.pid, "SIGKILL");
  await waitForExit(address);
  assertEquals([isWatched(own), attach(address)], [false, undefined]);
  detach(own);
  const file = `${directory.path}/file`;
  writeFileSync(file, "");
  removeFifo({ ...address, fifo: file });
  removeFifo({ ...address, inode: "1" });
  assertEquals(readdirSync(directory.path).sort(), ["fifo", "file"]);
  await endLingering(address);
  reap();
  assertEquals(readdirSync(directory.path), ["file"]);
});
