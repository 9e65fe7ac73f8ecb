import { POSIX } from "../../../ffi/numbers/mod.ts";
import { checked, processes, spawning } from "../../../ffi/libc.ts";
import { native, type Waiting } from "../../../ffi/mod.ts";
import { hasReader, pipe } from "../../file/descriptors.ts";
import { close, OPEN, open, writeAll } from "../../file/posix.ts";
import { collect, endingOf, launch } from "../../process/launch.ts";
import { waitForExit } from "../../process/process.ts";
import { signalName } from "../../process/signals.ts";
import { sleep } from "../../wait.ts";
import { DESCRIPTORS, SCRIPT, TITLE } from "./script.ts";

const { F_SETFL } = POSIX;

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
    // The daemon's ends, and ours unless there is no daemon.
    using theirs = new DisposableStack();
    using ours = new DisposableStack();
    const signal = pipe();
    theirs.defer(() => close(signal.writeEnd));
    ours.defer(() => close(signal.readEnd));
    const control = pipe();
    theirs.defer(() => close(control.readEnd));
    ours.defer(() => close(control.writeEnd));
    const nothing = open("/dev/null", OPEN.readOnly);
    theirs.defer(() => close(nothing));
    checked(spawning().fcntl(signal.readEnd, F_SETFL, OPEN.nonblock), "fcntl");
    const { directory, pidFile, informed } = plan;
    const words = [
      directory ?? "",
      plan.umask.toString(8).padStart(4, "0"),
      pidFile === undefined ? "" : "yes",
      informed ? "yes" : "",
    ];
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
    ours.move();
    return new Leader(pid, signal.readEnd, control.writeEnd);
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
    await this.#waiting.done.catch(() => {});
    close(this.#signal);
  }
}

function describe(code: number | undefined): string {
  if (code === undefined) return "ended";
  // Above 128 a shell tells of the signal that ended the program.
  const name = signalName(code - 128);
  return name === undefined ? `exited with code ${code}` : `was ended by ${name}`;
}
