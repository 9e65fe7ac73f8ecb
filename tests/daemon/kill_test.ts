// SIGKILL of a launcher at every step: either no daemon, or a whole one.

import { assert, assertEquals } from "@std/assert";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { daemonStatus, identify, kill, readPidFile, stopDaemon } from "@procref/procref";
import { find } from "../../src/daemon/status.ts";
import { MAC_PAUSE_POINTS, PAUSE_POINTS, type PausePoint } from "../../src/daemon/pause.ts";
import { INTRODUCED } from "../../src/daemon/launcher/script.ts";
import { eventually, OWN, test } from "../harness/mod.ts";
import { command, Stage, stoppedAt } from "./stage.ts";
import type { Told } from "./told.ts";

const SPAWNER = fileURLToPath(new URL("./spawner.ts", import.meta.url));
const ROUNDS = 8;
const LONGEST_START = 150; // ms
/** The steps before anything is started. */
const BEFORE: readonly PausePoint[] = [
  "daemon:opened",
  "daemon:locked",
  "daemon:emptied",
  "daemon:asked",
];
const POINTS = [...PAUSE_POINTS, ...(INTRODUCED ? MAC_PAUSE_POINTS : [])];

for (const runtime of OWN) {
  for (const point of POINTS) {
    test(`kill -9 of daemonize()'s launcher at ${point} (${runtime})`, async () => {
      await using stage = new Stage();
      const told: Told = {
        options: { pidFile: stage.pidFile },
        steps: [["ready"], ["report", stage.file("report")]],
      };
      await killed(stage, point, [...command(runtime), JSON.stringify(told)]);
      if (BEFORE.includes(point)) return await nothing(stage);
      const { identity, descriptors } = await stage.report();
      assertEquals([descriptors[1], descriptors[2]], ["/dev/null", "/dev/null"]);
      await whole(stage, identity.pid);
    });

    test(`kill -9 of spawnDaemon()'s launcher at ${point} (${runtime})`, async () => {
      await using stage = new Stage();
      const order = { program: "sleep", options: { args: ["1000"], pidFile: stage.pidFile } };
      await killed(stage, point, [...command(runtime, SPAWNER), JSON.stringify(order)]);
      if (BEFORE.includes(point)) return await nothing(stage);
      await eventually(() => stage.shells().length === 0 && stage.living().length === 1);
      await whole(stage, await readPidFile(stage.pidFile));
    });
  }
}

for (const runtime of OWN) {
  test(`kill -9 of a launcher at any instant leaves no daemon or a whole one (${runtime})`, async () => {
    for (let round = 0; round < ROUNDS; round++) {
      await using stage = new Stage();
      const told: Told = {
        options: { pidFile: stage.pidFile },
        steps: [["ready"], ["report", stage.file("report")]],
      };
      const line = [...command(runtime), JSON.stringify(told)] as const;
      await stage.run(line, {
        started: (pid) => setTimeout(() => kill(pid), Math.random() * LONGEST_START),
      });
      // Either it is named and comes up, or there is nobody, and the file is free.
      const running = () => find(stage.pidFile).status.running;
      await eventually(() =>
        stage.shells().length === 0 &&
        (running() ? stage.files().includes("report") : stage.living().length === 0), 20_000);
      if (running()) await whole(stage, (await stage.report()).identity.pid);
    }
  });
}

/** Runs a launcher to the point, and kills it there. */
async function killed(
  stage: Stage,
  point: PausePoint,
  line: readonly [string, ...string[]],
): Promise<void> {
  const flag = stage.file("paused");
  const launcher = stage.run(line, { env: { PROCREF_PAUSE: `${point} ${flag}` } });
  process.kill(await stoppedAt(flag), "SIGKILL");
  assertEquals((await launcher).signal, "SIGKILL");
}

async function nothing(stage: Stage): Promise<void> {
  // A shell that has asked reads that nobody answers.
  await eventually(() => stage.living().length === 0);
  assertEquals(await daemonStatus(stage.pidFile), { running: false, stale: true });
  await startsAnew(stage);
}

async function whole(stage: Stage, pid: number): Promise<void> {
  await eventually(() => stage.shells().length === 0);
  assertEquals(stage.living(), [pid]);
  assert(identify(pid) !== undefined);
  assertEquals(await daemonStatus(stage.pidFile), { running: true, stale: false, pid });
  assertEquals(await stopDaemon(stage.pidFile), "terminated");
  await startsAnew(stage);
}

async function startsAnew(stage: Stage): Promise<void> {
  const told: Told = { options: { pidFile: stage.pidFile }, steps: [["ready"]] };
  assertEquals((await stage.launch("bun", told)).code, 0);
}
