import { fingerprint, quote } from "../../name.ts";
import type { ProcessIdentity } from "../../process/identity.ts";
import { stop } from "../../process/process.ts";
import { runtime } from "../../runtime/mod.ts";
import { sleep } from "../../wait.ts";
import { Mutex, SharedMemory } from "../../sync/mod.ts";
import { commandOf, nameOf } from "../arguments.ts";
import { checkCommand, ForegroundJob } from "../job/job.ts";
import { Signals } from "../job/signals.ts";
import { showing } from "../output/progress.ts";
import { report, tell } from "../output/write.ts";
import { duration } from "../values.ts";
import type { Arguments, Verb } from "../verb.ts";

const verb: Verb = {
  name: "lock",
  usage: "NAME [OPTIONS] -- COMMAND [ARGUMENT...]",
  summary: "Run a command while nobody else holds the lock of that name",
  description:
    `Waits for the lock, runs COMMAND, and frees the lock when it ends. Any number of shells and programs of
this user exclude each other; it is the Mutex of that name in @procref/procref/sync. When a holder is
killed, its COMMAND is killed with it, the next one has the lock at once, and is told on standard error
that it was abandoned: what the lock protects may be half-done.

The exit code is COMMAND's; 128 + n if signal n ended it, 125 if procref itself failed (the lock was
not free in time, for example), 126 or 127 if COMMAND cannot be run or is not there.

The lock's name stays (a page of memory; on Linux in /dev/shm) until the next boot, or until --unlink;
who waits then and who comes later do not exclude each other, so it is for when nobody uses it. On
Windows it is gone with its last user.
With --json, one line on standard error at the end: { exitCode, abandoned, waited }, in milliseconds.`,
  options: [
    { name: "timeout", value: "TIME", description: "Until procref gives up; 0 only tries" },
    { name: "unlink", description: "Remove the lock's name in place of running a command" },
  ],
  examples: [
    "procref lock nightly --timeout 0 -- ./backup.sh    # cron: skip if it still runs",
    "procref lock deploy -- ./deploy.sh",
  ],
  command: "wrapped",
  run,
};
export default verb;

async function run(args: Arguments): Promise<number> {
  const name = nameOf(args, "a lock");
  if (args.has("unlink")) return unlink(name);
  const command = commandOf(args, "lock NAME");
  const timeout = duration(args, "timeout") ?? Infinity;
  checkCommand(command);
  using signals = new Signals();
  using mutex = Mutex.open(name);
  using holder = Holder.open(name);
  const job = new ForegroundJob("KILL", signals);
  const start = performance.now();
  try {
    using guard = await locked(mutex, signals.given, timeout);
    const waited = Math.round(performance.now() - start);
    const { abandoned } = guard;
    if (abandoned) {
      await holder.end();
      tell(
        `lock ${
          quote(name)
        } was abandoned: its last holder was killed, and may have left work half-done`,
      );
    }
    const code = await job.run(command, {}, (who) => holder.set(who));
    holder.set(undefined);
    if (args.has("json")) report({ exitCode: code, abandoned, waited });
    return code;
  } finally {
    await job.end();
  }
}

async function locked(mutex: Mutex, signal: AbortSignal, timeout: number) {
  const text = () => {
    const pid = mutex.holder?.pid;
    return `Waiting for lock ${quote(mutex.name)}${
      pid === undefined ? "" : `, held by pid ${pid}`
    }`;
  };
  return await showing(text, mutex.lock({ signal, timeout }));
}

function unlink(name: string): number {
  Mutex.unlink(name);
  Holder.unlink(name);
  return 0;
}

const NOBODY = { pid: 0, startTime: "0" };
/** A command that was being started: its keeper searches for it. */
const SOMEBODY = { pid: -1, startTime: "0" };
const SEARCH = 500; // ms

/**
 * Who runs under the lock: the command, which its keeper ends an instant after procref was killed. Whoever gets the
 * lock in that instant makes sure of it.
 */
class Holder implements Disposable {
  readonly #memory: SharedMemory;

  private constructor(memory: SharedMemory) {
    this.#memory = memory;
  }

  static open(name: string): Holder {
    return new Holder(SharedMemory.open(memoryName(name), { size: 16 }));
  }

  static unlink(name: string): void {
    SharedMemory.unlink(memoryName(name));
  }

  /** Under the lock. */
  set(who: ProcessIdentity | "starting" | undefined): void {
    const { pid, startTime } = who === undefined ? NOBODY : who === "starting" ? SOMEBODY : who;
    this.#memory.setBigUint64(8, packed(startTime));
    this.#memory.setInt32(0, pid);
  }

  /** Ends the command of a dead holder, and waits for its end. */
  async end(): Promise<void> {
    const pid = this.#memory.getInt32(0);
    const startTime = unpacked(this.#memory.getBigUint64(8));
    if (pid > 0) await stop({ pid, startTime }, { request: "SIGKILL" });
    else if (pid === SOMEBODY.pid) await sleep(SEARCH);
    this.set(undefined);
  }

  [Symbol.dispose](): void {
    this.#memory.close();
  }
}

const MICROSECONDS = 6; // digits behind the point of a start time of macOS, always

/** A start time as a number. */
function packed(startTime: string): bigint {
  return BigInt(startTime.replace(".", ""));
}

function unpacked(number: bigint): string {
  const digits = `${number}`;
  if (runtime.platform !== "darwin") return digits;
  return `${digits.slice(0, -MICROSECONDS)}.${digits.slice(-MICROSECONDS)}`;
}

// Not the name itself: it may be as long as a name may be.
function memoryName(name: string): string {
  return `procref lock ${fingerprint(name)}`;
}
