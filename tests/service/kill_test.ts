// SIGKILL at every step of acquire, release and guardian.

import { assert, assertEquals } from "@std/assert";
import { existsSync, readFileSync } from "node:fs";
import process from "node:process";
import { PAUSE_POINTS, type PausePoint } from "../../src/service/pause.ts";
import {
  eventually,
  OWN,
  posixTest,
  type Program,
  type RuntimeName,
  RUNTIMES,
  test,
} from "../harness/mod.ts";
import { isStopped } from "../sync/stage.ts";
import { acquirePid, ask, Stage } from "./clients.ts";

const windows = process.platform === "win32";
/** On Windows a keeper does what a pass does elsewhere; it neither begins nor removes anything. */
const NO_POINTS: readonly PausePoint[] = windows ? ["pass:begun", "pass:removed"] : [];
const POINTS = PAUSE_POINTS.filter((point) => !NO_POINTS.includes(point));

// Windows is slow under Wine.
for (const runtime of windows ? OWN : RUNTIMES) {
  for (const point of POINTS) {
    test(`kill -9 at ${point}: nobody comes, and no trace is left (${runtime})`, () =>
      killedAt(point, runtime, (stage) => stage.gone()));

    test(`kill -9 at ${point}: who comes finds one living service (${runtime})`, () =>
      killedAt(point, runtime, async (stage, other) => {
        const pid = await acquirePid(other);
        assertEquals(stage.living(), [pid]);
        assertEquals((await stage.observer().status()).problem, undefined);
        await ask(other, "release");
        await stage.gone();
      }));
  }
}

posixTest(
  "a guardian that is killed together with its pass is made up for by the next acquire",
  async () => {
    using stage = new Stage();
    const flag = `${stage.records}.flag`;
    await using a = stage.client("bun", {}, { PROCREF_PAUSE: `pass:locked ${flag}` });
    const pid = await acquirePid(a);
    const { guardian } = await stage.observer().status();
    assert(guardian !== undefined);
    a.signal("SIGKILL");
    const pass = await paused(flag);
    process.kill(guardian.pid, "SIGKILL");
    process.kill(pass, "SIGKILL");
    await using b = stage.client("deno");
    assertEquals(await acquirePid(b), pid, "the orphan is healthy, so it is adopted");
    await ask(b, "release");
    assertEquals(stage.living(), []);
  },
);

async function killedAt(
  point: PausePoint,
  runtime: RuntimeName,
  then: (stage: Stage, other: Program) => Promise<void>,
): Promise<void> {
  using stage = new Stage();
  const flag = `${stage.records}.flag`;
  const pausing = { PROCREF_PAUSE: `${point} ${flag}` };
  const linger = lingerAt(point);
  await using other = stage.client(runtime === "deno" ? "bun" : "deno");
  await using victim = stage.client(runtime, linger, pausing);
  const recovering = point === "written:recovering";
  if (recovering) {
    process.kill(await acquirePid(other), "SIGKILL");
    await eventually(() => stage.living().length === 0);
  }
  await bring(point, victim);
  process.kill(await paused(flag), "SIGKILL");
  if (!point.startsWith("pass:")) await victim.ended;
  if (recovering) await ask(other, "release");
  await then(stage, other);
}

/** A service that lingers, where that makes the step, or the keeper that takes it. */
function lingerAt(point: PausePoint): { linger?: number } {
  if (point === "pass:idle-written") return { linger: 300 };
  return windows && point.startsWith("pass:") ? { linger: 1 } : {};
}

/** Brings the victim, or the guardian's pass, to the point. */
async function bring(point: PausePoint, victim: Program): Promise<void> {
  const [phase] = point.split(":");
  victim.tell("acquire");
  if (phase === "acquire" || (phase === "written" && point !== "written:stopping")) return;
  await victim.line();
  if (phase === "pass") victim.signal("SIGKILL");
  else victim.tell("release");
}

/** The process that has stopped at the point. */
async function paused(flag: string): Promise<number> {
  const text = () => existsSync(flag) ? readFileSync(flag, "utf8") : "";
  await eventually(() => text().endsWith("\n"));
  const pid = Number(text());
  await eventually(() => isStopped(pid));
  return pid;
}
