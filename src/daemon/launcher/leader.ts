import { ERRNO } from "../../../ffi/errno.ts";
import { SystemError } from "../../../ffi/errors.ts";
import { POSIX } from "../../../ffi/numbers/mod.ts";
import { checked, files, processes } from "../../../ffi/libc.ts";
import { native, type Waiting } from "../../../ffi/mod.ts";
import { hasReader, pipe } from "../../file/descriptors.ts";
import { close, OPEN, open, writeAll } from "../../file/posix.ts";
import { collect, endingOf, launch } from "../../process/launch.ts";
import { waitForExit } from "../../process/process.ts";
import { identify } from "../../process/alive.ts";
import { signalName } from "../../process/signals.ts";
import { sleep } from "../../wait.ts";
import { pause } from "../pause.ts";
import { DESCRIPTORS, INTRODUCED, SCRIPT, TITLE } from "./script.ts";

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

/** Our ends of its pipes. */
interface Ends {
  readonly signal: number;
  readonly control: number;
  readonly introduction: number | undefined;
}

/** The leader of a daemon's session, while its launcher wants to know how the daemon does. */
export class Leader {
  readonly #pid: number;
  readonly #signal: number;
  readonly #introduction: number | undefined;
  #waiting: Waiting;
  #control: number;
  /** How the daemon ended, when it has: `exited with code 1`. */
  readonly ended: Promise<string>;

  private constructor(pid: number, { signal, control, introduction }: Ends) {
    this.#pid = pid;
    this.#signal = signal;
    this.#control = control;
    this.#introduction = introduction;
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
    const introduction = INTRODUCED ? pipe() : undefined;
    if (introduction !== undefined) {
      theirs.defer(() => close(introduction.readEnd));
      ours.defer(() => close(introduction.writeEnd));
    }
    const nothing = open("/dev/null", OPEN.readOnly);
    theirs.defer(() => close(nothing));
    checked(files().fcntl(signal.readEnd, F_SETFL, OPEN.nonblock), "fcntl");
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
        ...(introduction === undefined ? {} : { [DESCRIPTORS.introduction]: introduction.readEnd }),
        ...(pidFile === undefined ? {} : { [DESCRIPTORS.pidFile]: pidFile }),
      },
    });
    ours.move();
    return new Leader(pid, {
      signal: signal.readEnd,
      control: control.writeEnd,
      introduction: introduction?.writeEnd,
    });
  }

  /**
   * Tells the daemon who it is, where it has to be told; resolves when it knows, or is gone.
   *
   * @param told The pid that it has written down.
   */
  async introduce(told: () => number | undefined): Promise<void> {
    if (this.#introduction === undefined) return;
    try {
      await this.#waiting.done;
      const pid = told();
      const identity = pid === undefined ? undefined : identify(pid);
      if (identity === undefined) return;
      pause("daemon:asked");
      // The next one is for `signalled()`.
      files().read(this.#signal, new Uint8Array(1), 1);
      this.#waiting = native.whenReadable(this.#signal);
      const line = `${identity.pid} ${identity.startTime}\n`;
      writeAll(this.#introduction, new TextEncoder().encode(line));
    } catch (error) {
      // EPIPE: it has just been killed.
      if (!(error instanceof SystemError) || error.errno !== ERRNO.EPIPE) throw error;
    } finally {
      close(this.#introduction);
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
