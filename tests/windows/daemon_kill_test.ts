// TerminateProcess of a launcher at every step: either no daemon, or a whole one.

import { assert, assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import { daemonStatus, kill, readPidFile, stopDaemon, waitForExit } from "@procref/procref";
import { PAUSE_POINTS, type PausePoint, WINDOWS_PAUSE_POINTS } from "../../src/daemon/pause.ts";
import { find } from "../../src/daemon/status.ts";
import { hasStopped } from "../../src/object/stop.ts";
import { eventually, OWN, windowsTest as test } from "../harness/mod.ts";
import { SLEEPER } from "../service/sleeper.ts";
import type { Told } from "./daemon_program.ts";
import { command, DaemonStage } from "./daemon_stage.ts";

const SPAWNER = fileURLToPath(new URL("../daemon/spawner.ts", import.meta.url));
const ROUNDS = 6;
const LONGEST_START = 1500; // ms
/** The steps from which on a daemon lives without its launcher. */
const AFTER: readonly PausePoint[] = ["daemon:launched", "daemon:started", "daemon:ready"];

for (const runtime of OWN) {
  for (const point of [...PAUSE_POINTS, ...WINDOWS_PAUSE_POINTS]) {
    test(`kill of daemonize()'s launcher at ${point} (${runtime})`, async () => {
      await using stage = new DaemonStage();
      const told: Told = {
        options: { pidFile: stage.pidFile },
        steps: [["onStop", stage.file("stopped")], ["ready"], ["report", stage.file("report")]],
      };
      await killed(stage, point, [...command(runtime), JSON.stringify(told)]);
      if (!AFTER.includes(point)) return await nothing(stage);
      await whole(stage, JSON.parse(await stage.written("report")).pid);
      assertEquals(stage.read("stopped"), "stopped\n");
    });

    test(`kill of spawnDaemon()'s launcher at ${point} (${runtime})`, async () => {
      await using stage = new DaemonStage();
      const [program, args] = SLEEPER;
      const order = { program, options: { args, pidFile: stage.pidFile } };
      await killed(stage, point, [...command(runtime, SPAWNER), JSON.stringify(order)]);
      if (!AFTER.includes(point)) return await nothing(stage);
      await whole(stage, await readPidFile(stage.pidFile));
    });
  }

  test(`kill of a launcher at any instant leaves no daemon or a whole one (${runtime})`, async () => {
    for (let round = 0; round < ROUNDS; round++) {
      await using stage = new DaemonStage();
      const told: Told = {
        options: { pidFile: stage.pidFile },
        steps: [["ready"], ["report", stage.file("report")]],
      };
      await stage.run([...command(runtime), JSON.stringify(told)], {
        started: (pid) => setTimeout(() => kill(pid), Math.random() * LONGEST_START),
      });
      // Either it is named and comes up, or there is nobody, and the file is free.
      const running = () => find(stage.pidFile).status.running;
      await eventually(
        () => running() ? stage.files().includes("report") : stage.living().length === 0,
        20_000,
      );
      if (running()) await whole(stage, JSON.parse(stage.read("report")).pid);
    }
  });
}

/** Runs a launcher to the point, and kills it there. */
async function killed(
  stage: DaemonStage,
  point: PausePoint,
  line: readonly [string, ...string[]],
): Promise<void> {
  let pid = 0;
  const env = { PROCREF_PAUSE: `${point} ${stage.file("paused")}` };
  const launcher = stage.run(line, { env, started: (started) => pid = started });
  await eventually(() => hasStopped(pid), 20_000);
  kill(pid);
  await launcher;
  await waitForExit(pid);
}

async function nothing(stage: DaemonStage): Promise<void> {
  await eventually(() => stage.living().length === 0);
  const { running } = await daemonStatus(stage.pidFile);
  assertEquals(running, false);
  await startsAnew(stage);
}

async function whole(stage: DaemonStage, pid: number): Promise<void> {
  assertEquals(stage.living(), [pid]);
  assertEquals(await daemonStatus(stage.pidFile), { running: true, stale: false, pid });
  assertEquals(await stopDaemon(stage.pidFile), "terminated");
  assert(!stage.files().includes("daemon.pid"));
  await startsAnew(stage);
}

async function startsAnew(stage: DaemonStage): Promise<void> {
  const told: Told = { options: { pidFile: stage.pidFile }, steps: [["ready"]] };
  assertEquals((await stage.launch(OWN[0] ?? "bun", told)).code, 0);
}
