// The signals that procref gets while it works for a command: given up before the command runs, passed on while it
// runs, and impatience when it is over.

import { processes } from "../../../ffi/libc.ts";
import { SIGACTION } from "../../../ffi/numbers/mod.ts";
import { platform } from "../../../ffi/platform.ts";
import { type SignalName, signalNumber } from "../../process/signals.ts";
import { holdingSystem } from "../../process/held.ts";
import { terminal } from "../../runtime/terminal/mod.ts";
import { EXIT } from "../exit_codes.ts";
import { tell } from "../output/write.ts";
import type { CommandKeeper } from "./keeper.ts";

/**
 * Those that a user or a program sends to a command on purpose, or that tell of its terminal (signal(7)). On Windows:
 * Ctrl-C and Ctrl-Break; a request to end, which is none, counts as SIGTERM.
 */
export const PASSED_ON: readonly SignalName[] = platform === "windows" ? ["SIGINT", "SIGBREAK"] : [
  "SIGHUP",
  "SIGINT",
  "SIGQUIT",
  "SIGTERM",
  "SIGUSR1",
  "SIGUSR2",
  "SIGWINCH",
];

const ENDING: readonly SignalName[] = ["SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM", "SIGBREAK"];
const ECHO = 300; // ms in which a signal that ended the command may reach procref as well

/** procref was told to end before there was a command. */
export class Interrupted extends Error {
  override name = "Interrupted";
  readonly signal: SignalName;

  constructor(signal: SignalName) {
    super(`Ended by ${signal}`);
    this.signal = signal;
  }

  get exitCode(): number {
    return EXIT.signal + (signalNumber(this.signal) ?? 0);
  }
}

/** Where signals go while a command runs. */
export interface Receiver {
  sendSignal(signal: SignalName): unknown;
  /** Its keeper, if it is in procref's own process group. */
  readonly keeper: CommandKeeper | undefined;
}

/** Listens from the beginning to the end of procref's work. */
export class Signals implements Disposable {
  /** What nohup(1) or `&` in a script made procref ignore; the command is to ignore it as well. */
  readonly ignored: readonly SignalName[];
  readonly #given = new AbortController();
  readonly #endings: readonly (() => void)[];
  #receiver: Receiver | undefined;
  #ended: number | undefined;

  constructor() {
    this.ignored = ignoredSignals();
    const endings = PASSED_ON.map((name) => {
      const ignored = this.ignored.includes(name);
      return terminal.onSignal(name, ignored ? () => {} : () => void this.#got(name));
    });
    const unlisten = holdingSystem.listen?.(() => void this.#got("SIGTERM"));
    this.#endings = unlisten === undefined ? endings : [...endings, unlisten];
  }

  /** Fires when procref is told to end before there is a command. Its reason is an `Interrupted`. */
  get given(): AbortSignal {
    return this.#given.signal;
  }

  /** From now on there is a command. */
  attach(receiver: Receiver): void {
    this.#receiver = receiver;
    // What came while it was being started is its as well.
    const { reason } = this.#given.signal;
    if (reason instanceof Interrupted) void this.#got(reason.signal);
  }

  /** The command is over; who signals now does not want to wait for the rest, which the guardian does as well. */
  detach(): void {
    this.#receiver = undefined;
    this.#ended = performance.now();
  }

  /** Stops listening. */
  [Symbol.dispose](): void {
    for (const end of this.#endings) end();
  }

  async #got(signal: SignalName): Promise<void> {
    const receiver = this.#receiver;
    if (receiver !== undefined) {
      const reached = await receiver.keeper?.reached(signal) ?? false;
      if (!reached) passOn(signal, receiver);
    } else if (!ENDING.includes(signal)) return;
    else if (this.#ended === undefined) this.#given.abort(new Interrupted(signal));
    else if (performance.now() - this.#ended > ECHO) {
      terminal.exit(new Interrupted(signal).exitCode);
    }
  }
}

function passOn(signal: SignalName, receiver: Receiver): void {
  try {
    receiver.sendSignal(signal);
  } catch (error) {
    // EPERM: the command has become another user's.
    tell(`${signal} cannot be passed on: ${error instanceof Error ? error.message : error}`);
  }
}

const IGNORED = 1n; // SIG_IGN

/** What this process was told to ignore when it was started (sigaction(2)). */
function ignoredSignals(): SignalName[] {
  if (platform === "windows") return [];
  const action = new Uint8Array(SIGACTION.room);
  const view = new DataView(action.buffer);
  return PASSED_ON.filter((name) => {
    if (processes().sigaction(signalNumber(name) ?? 0, null, action) === -1) return false;
    return view.getBigUint64(SIGACTION.at.sa_handler, true) === IGNORED;
  });
}
