// One round: a few clients of both runtimes come and go, and clients, service and guardian are killed at random.
// At every look there is at most one living service; at the end there is nothing.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import process from "node:process";
import { eventually, type Program, type RuntimeName } from "../harness/mod.ts";
import { acquirePid, ask, Stage } from "../service/clients.ts";
import { Random } from "./random.ts";

const MARK = "PROCREF_TORTURE";

/** What happened, for a round that failed. */
type Log = (event: string) => void;

/** Plays one round. @throws {Error} A promise was broken; the message tells the seed and what happened. */
export async function round(seed: number): Promise<void> {
  const events: string[] = [];
  try {
    await play(new Random(seed), (event) => events.push(event));
  } catch (error) {
    throw new Error(`Round ${seed}: ${error}\n  ${events.join("\n  ")}`, { cause: error });
  }
}

async function play(random: Random, log: Log): Promise<void> {
  using stage = new Stage();
  const mark = crypto.randomUUID();
  const startDelay = random.pick([0, 0, 5, 20]);
  const clients = Array.from({ length: 2 + random.below(3) }, () => {
    const runtime = random.pick<RuntimeName>(["bun", "bun", "deno"]);
    return stage.client(runtime, { startDelay }, { [MARK]: mark });
  });
  const watch = watching(stage);
  try {
    const lives = Promise.all(clients.map((client) => live(client, random, log)));
    const [, guarded] = await Promise.all([lives, disturb(stage, random, log)]);
    for (const client of clients) await client[Symbol.asyncDispose]();
    await settle(stage, mark, guarded, log);
  } finally {
    clearInterval(watch.timer);
    for (const client of clients) await client[Symbol.asyncDispose]();
  }
  if (watch.most > 1) throw new Error(`${watch.most} services lived at once`);
}

/** Looks at the living services all the time. */
function watching(stage: Stage): { most: number; readonly timer: ReturnType<typeof setInterval> } {
  const watch = {
    most: 0,
    timer: setInterval(() => watch.most = Math.max(watch.most, stage.living().length), 1),
  };
  return watch;
}

/** A client's life: it acquires and releases a few times, and is killed somewhere on the way, or not. */
async function live(client: Program, random: Random, log: Log): Promise<void> {
  const doomed = random.chance(0.6);
  const killed = doomed ? pause(random.below(120)) : new Promise<void>(() => {});
  const work = (async () => {
    for (let turn = 0; turn < 2; turn++) {
      log(`${client.pid} ${await ask(client, "acquire")}`);
      await pause(random.below(15));
      if (random.chance(0.7)) log(`${client.pid} ${await ask(client, "release")}`);
    }
  })();
  await Promise.race([work, killed.then(() => log(`${client.pid} is killed`))]);
  work.catch(() => {});
  client.signal(doomed ? "SIGKILL" : "SIGTERM");
  await client.ended;
}

/** Kills the service or the guardian from outside. True if no guardian was killed. */
async function disturb(stage: Stage, random: Random, log: Log): Promise<boolean> {
  await pause(20 + random.below(100));
  if (random.chance(0.3)) {
    for (const pid of stage.living()) kill(pid, "service", log);
  }
  if (random.chance(0.7)) return true;
  const { guardian } = await stage.observer().status();
  if (guardian !== undefined) kill(guardian.pid, "guardian", log);
  return guardian === undefined;
}

function kill(pid: number, what: string, log: Log): void {
  try {
    process.kill(pid, "SIGKILL");
    log(`${what} ${pid} is killed`);
  } catch {
    // It ended in between.
  }
}

/** Everything goes by itself; only where the guardian was killed, one more client may have to clear up. */
async function settle(stage: Stage, mark: string, guarded: boolean, log: Log): Promise<void> {
  const clean = () =>
    carriers(mark).length === 0 && stage.observer().count() === 0 &&
    (!existsSync(stage.records) || readdirSync(stage.records).length === 0);
  if (guarded) return await eventually(clean);
  await eventually(clean, 500).catch(() => log("one more client comes"));
  await using client = stage.client("bun", {}, { [MARK]: mark });
  const pid = await acquirePid(client);
  const living = stage.living();
  if (living.length !== 1 || living[0] !== pid) throw new Error(`${pid} is not the only service`);
  await ask(client, "release");
  await client[Symbol.asyncDispose]();
  await eventually(clean);
}

/** Living processes with the mark in their environment: clients, guardians, services of this round. */
function carriers(mark: string): string[] {
  return readdirSync("/proc").filter((entry) => {
    try {
      return /^\d+$/.test(entry) &&
        readFileSync(`/proc/${entry}/environ`, "utf8").includes(`${MARK}=${mark}`);
    } catch {
      return false;
    }
  });
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
