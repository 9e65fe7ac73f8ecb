import { askChild } from "../../child/shared_child.ts";
import type { ExitStatus } from "../../child/status.ts";
import { childSystem } from "../../child/system.ts";
import type { ProcessIdentity } from "../../process/identity.ts";
import { identify } from "../../process/alive.ts";
import { signalNumber } from "../../process/signals.ts";
import { EXIT, startFailureCode } from "../exit_codes.ts";
import { runtime } from "../../runtime/mod.ts";
import { type CommandKeeper, Keeper, openGate } from "./keeper.ts";
import { PASSED_ON, type Signals } from "./signals.ts";

// Another system's way is loaded only there.
const windows = runtime.platform === "windows" ? await import("./job_keeper.ts") : undefined;

/** A command, its arguments. */
export type Words = readonly [string, ...string[]];

/** A command that cannot be started, with the exit code for that. */
export class StartFailure extends Error {
  readonly exitCode: number;

  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.exitCode = startFailureCode(cause);
  }
}

/** Looks whether a command is there, before anything is started for it. @throws {StartFailure} */
export function checkCommand([program]: Words): void {
  starting(() => childSystem().findProgram(program, {}));
}

/** Runs what starts a command; a failure gets its exit code. @throws {StartFailure} */
export function starting<T>(start: () => T): T {
  try {
    return start();
  } catch (error) {
    throw new StartFailure(error);
  }
}

/** A keeper for a command. @param end What ends it if procref is killed. */
export function keeper(end: "TERM" | "KILL"): CommandKeeper {
  return windows === undefined ? new Keeper(end, PASSED_ON) : new windows.JobKeeper();
}

/**
 * A command in the foreground: procref's own terminal, process group and standard streams, so that Ctrl-C, Ctrl-Z and
 * interactive programs work as without procref. It does not outlive procref: see `Keeper`.
 */
export class ForegroundJob {
  readonly #keeper: CommandKeeper;
  readonly #signals: Signals;

  /**
   * @param end What ends the command if procref is killed with SIGKILL.
   * @param signals What is to be passed on.
   */
  constructor(end: "TERM" | "KILL", signals: Signals) {
    this.#signals = signals;
    this.#keeper = keeper(end);
  }

  /**
   * Runs it to its end.
   *
   * @param told Hears that it is about to be started, and then who it is.
   * @returns Its exit code, 128 + n if signal n ended it.
   * @throws {StartFailure}
   */
  async run(
    command: Words,
    env: Readonly<Record<string, string>>,
    told: (command: ProcessIdentity | "starting") => void = () => {},
  ): Promise<number> {
    await this.#keeper.ready();
    this.#signals.given.throwIfAborted();
    using gate = openGate();
    const words = inheriting(command, this.#signals);
    const [program, ...args] = gate?.behind(words) ?? words;
    told("starting");
    const child = starting(() => this.#keeper.spawn(program, { args, env }));
    const identity = identify(child.pid);
    if (identity !== undefined) {
      this.#keeper.watch(identity);
      told(identity);
    }
    gate?.open();
    const keeper = this.#keeper;
    this.#signals.attach({ sendSignal: (signal) => askChild(child, signal), keeper });
    try {
      return codeOf(await child.wait());
    } finally {
      this.#signals.detach();
    }
  }

  /** Sends the keeper away. */
  async end(): Promise<void> {
    await this.#keeper.end();
  }
}

/**
 * The command, ignoring what procref was started to ignore. A shell sees to it: Bun sets all signals of a child to
 * their defaults, Deno does so once it listens to any.
 */
export function inheriting(command: Words, { ignored }: Signals): Words {
  if (ignored.length === 0) return command;
  const names = ignored.map((name) => name.slice(3)).join(" ");
  return ["/bin/sh", "-c", `trap '' ${names}; exec "$@"`, "procref-launcher", ...command];
}

/** The exit code that tells of a status, as a shell gives it. */
export function codeOf({ code, signal }: ExitStatus): number {
  return code ?? EXIT.signal + (signalNumber(signal ?? "") ?? 0);
}
