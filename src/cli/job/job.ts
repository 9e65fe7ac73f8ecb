import type { ExitStatus } from "../../child/status.ts";
import { findProgram } from "../../child/program.ts";
import { SharedChild } from "../../child/shared_child.ts";
import { identify } from "../../process/process.ts";
import { signalNumber } from "../../process/signals.ts";
import { EXIT, startFailureCode } from "../exit_codes.ts";
import { Keeper } from "./keeper.ts";
import { PASSED_ON, type Signals } from "./signals.ts";

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
  starting(() => findProgram(program, {}));
}

/** Runs what starts a command; a failure gets its exit code. @throws {StartFailure} */
export function starting<T>(start: () => T): T {
  try {
    return start();
  } catch (error) {
    throw new StartFailure(error);
  }
}

/**
 * A command in the foreground: procref's own terminal, process group and standard streams, so that Ctrl-C, Ctrl-Z and
 * interactive programs work as without procref. It does not outlive procref: see `Keeper`.
 */
export class ForegroundJob {
  readonly #keeper: Keeper;
  readonly #signals: Signals;

  /**
   * @param end What ends the command if procref is killed with SIGKILL.
   * @param signals What is to be passed on.
   */
  constructor(end: "TERM" | "KILL", signals: Signals) {
    this.#signals = signals;
    this.#keeper = new Keeper(end, PASSED_ON);
  }

  /** Runs it to its end. @returns Its exit code, 128 + n if signal n ended it. @throws {StartFailure} */
  async run(
    [program, ...args]: Words,
    env: Readonly<Record<string, string>>,
    started: (child: SharedChild) => void = () => {},
  ): Promise<number> {
    await this.#keeper.ready();
    this.#signals.given.throwIfAborted();
    const child = starting(() => SharedChild.spawn(program, { args, env }));
    const identity = identify(child.pid);
    if (identity !== undefined) this.#keeper.watch(identity);
    started(child);
    const keeper = this.#keeper;
    this.#signals.attach({ sendSignal: (signal) => child.sendSignal(signal), keeper });
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

/** The exit code that tells of a status, as a shell gives it. */
export function codeOf({ code, signal }: ExitStatus): number {
  return code ?? EXIT.signal + (signalNumber(signal ?? "") ?? 0);
}
