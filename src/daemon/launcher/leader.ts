import { POSIX } from "../../../ffi/numbers/mod.ts";
import { checked, errno, processes, spawning } from "../../../ffi/libc.ts";
import { native, type Waiting } from "../../../ffi/mod.ts";
import { SystemError } from "../../../ffi/errors.ts";
import { hasReader, pipe } from "../../file/descriptors.ts";
import { close, OPEN, open, writeAll } from "../../file/posix.ts";
import { collect, endingOf, launch } from "../../process/launch.ts";
import { identify, waitForExit } from "../../process/process.ts";
import { signalName } from "../../process/signals.ts";
import { sleep } from "../../wait.ts";
import { DESCRIPTORS, SCRIPT, TITLE } from "./script.ts";

const { SIGKILL } = POSIX;

/** What the shell of the script is given. */
export interface LeaderPlan {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Where the program starts; undefined: here. */
  readonly directory: string | undefined;
  readonly umask: number;
  /** True if the program knows of the order, and keeps it. */
  readonly informed: boolean;
  /** Our descriptors: they stay ours. */
  readonly order: number;
  readonly output: number;
  readonly pidFile: number | undefined;
}

const F_SETFL = 4;
const LINE_END = new TextEncoder().encode("\n");
const PATIENCE = 1000; // ms: the watcher ends as soon as it has killed the shell

/** The leader of a daemon's session, while its launcher wants to know how the daemon does. */
export class Leader {
  readonly #pid: number;
  readonly #signal: number;
  readonly #waiting: Waiting;
  #control: number;
  /** How the daemon ended, when it has: `exited with code 1`. */
  readonly ended: Promise<string>;

  private constructor(pid: number, signal: number, control: number) {
    this.#pid = pid;
    this.#signal = signal;
    this.#control = control;
    this.#waiting = native.whenReadable(signal);
    this.ended = waitForExit(pid).then(() => describe(endingOf(pid)));
  }

  /** Starts the shell, and with it the daemon. @throws {SystemError} */
  static start(plan: LeaderPlan): Leader {
    const signal = pipe();
    const control = pipe();
    const nothing = open("/dev/null", OPEN.readOnly);
    checked(spawning().fcntl(signal.readEnd, F_SETFL, OPEN.nonblock), "fcntl");
    const { directory, pidFile, informed } = plan;
    const words = [
      directory ?? "",
      plan.umask.toString(8).padStart(4, "0"),
      pidFile === undefined ? "" : "yes",
      informed ? "yes" : "",
    ];
    try {
      const pid = launch({
        command: ["/bin/sh", "-c", SCRIPT, TITLE, ...words, ...plan.command],
        environment: plan.environment,
        directory: ".",
        stdin: nothing,
        collected: true,
        descriptors: {
          1: plan.output,
          2: plan.output,
          [DESCRIPTORS.order]: plan.order,
          [DESCRIPTORS.signal]: signal.writeEnd,
          [DESCRIPTORS.control]: control.readEnd,
          ...(pidFile === undefined ? {} : { [DESCRIPTORS.pidFile]: pidFile }),
        },
      });
      if (identify(pid) === undefined) throw new SystemError("posix_spawn", errno(), "for sh");
      return new Leader(pid, signal.readEnd, control.writeEnd);
    } catch (error) {
      close(signal.readEnd);
      close(control.writeEnd);
      throw error;
    } finally {
      close(signal.writeEnd);
      close(control.readEnd);
      close(nothing);
    }
  }

  /** Resolves when the daemon has written something into the order for us, or is gone. */
  async signalled(): Promise<void> {
    await this.#waiting.done;
  }

  /** Lets the daemon go its own way; resolves when only it is left. */
  async letGo(): Promise<void> {
    if (this.#control === -1) return;
    // What the watcher does if we can't.
    processes().kill(this.#pid, SIGKILL);
    await this.#finish();
  }

  /** Ends the daemon, and whatever it has started and not sent away, at once. */
  async end(): Promise<void> {
    if (this.#control === -1) return;
    // It leads its process group, and pid and group are its own until we collect it.
    processes().kill(-this.#pid, SIGKILL);
    await this.#finish();
  }

  async #finish(): Promise<void> {
    try {
      writeAll(this.#control, LINE_END);
    } catch {
      // EPIPE: shell and watcher are gone.
    }
    await this.ended;
    collect(this.#pid);
    for (let waited = 0; hasReader(this.#control) && waited < PATIENCE; waited++) await sleep(1);
    close(this.#control);
    this.#control = -1;
    this.#waiting.cancel();
    await this.#waiting.done;
    close(this.#signal);
  }
}

function describe(code: number | undefined): string {
  if (code === undefined) return "ended";
  // Above 128 a shell tells of the signal that ended the program.
  const name = signalName(code - 128);
  return name === undefined ? `exited with code ${code}` : `was ended by ${name}`;
}
