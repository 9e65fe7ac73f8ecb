import { ProcrefError } from "../../ffi/errors.ts";
import { limit, type WaitOptions } from "../wait.ts";
import type { Command } from "./command.ts";
import { EventLog } from "./event_log.ts";
import {
  checkSupervisorOptions,
  type SupervisionEvent,
  type SupervisionOutcome,
  type SupervisorOptions,
} from "./supervision.ts";

const EVENTS_KEPT = 1000;

/**
 * Keeps a program running: starts it again when it ends, with pauses that grow, until something says that it is enough.
 *
 * Each run has its own group (or the command's): what a run started is gone before the next begins, and when this
 * process dies, by SIGKILL too. The command's own options hold for each run, its timeout among them; its `retry` does
 * not. Unless the command has a `buffer`, the last 1 MiB of each output stream are kept of a run, and as
 * much of a line: what runs for months may never write the end of one.
 *
 * The pauses begin anew when a run has lasted as long as the longest pause.
 *
 * @example
 * ```ts
 * import { Command, Supervisor } from "@procref/procref/command";
 *
 * const flaky = new Command("sh", { args: ["-c", "exit 3"] });
 * const supervisor = new Supervisor(flaky, { maxRestarts: 2, backoff: 10 });
 * const { restarts, stopped, last } = await supervisor.run();
 * console.log(restarts, stopped, last?.code); // 2 "budget" 3
 * ```
 */
export class Supervisor {
  readonly #command: Command;
  readonly #options: SupervisorOptions;
  #log = new EventLog<SupervisionEvent>(EVENTS_KEPT);
  #state: "new" | "running" | "over" = "new";

  /**
   * Describes a supervision; nothing is started.
   *
   * @param command What is to run.
   * @param options When it is started again, and when no more.
   * @throws {TypeError | RangeError} Bad options.
   */
  constructor(command: Command, options: SupervisorOptions = {}) {
    checkSupervisorOptions(options);
    this.#command = command;
    this.#options = options;
  }

  /**
   * Supervises to the end; afterwards it may be called again.
   *
   * A program that can't be started counts as crashed. What no restart can cure ends the supervision and rejects: the
   * error of a line handler or a predicate, standard input that can be read but once.
   *
   * @param options Cancellation, by the signal or the timeout: the run is ended, with all it has started, and the
   *   promise rejects. The command's own `signal` does the same.
   * @throws The signal's reason.
   * @throws {TimeoutError} The timeout is over.
   * @throws {ProcrefError} `locked`: it runs already.
   */
  async run(options: WaitOptions = {}): Promise<SupervisionOutcome> {
    using patience = limit(options, () => `the end of ${this.#command.commandLine}`);
    const own = this.#command.options.signal;
    const signal = own === undefined ? patience.signal : AbortSignal.any([patience.signal, own]);
    const log = this.#begin();
    try {
      const { supervise } = await import("./supervise.ts");
      return await supervise(this.#command, this.#options, (event) => log.add(event), signal);
    } catch (error) {
      if (signal.aborted) log.add({ type: "cancelled", reason: signal.reason });
      throw error;
    } finally {
      this.#state = "over";
      log.close();
    }
  }

  /**
   * What happens in the run that is under way, or was the last, or comes first: each reader gets all of it, of a long
   * one the last 1000 events. It ends with the run.
   */
  events(): AsyncIterable<SupervisionEvent> {
    return this.#log.read();
  }

  #begin(): EventLog<SupervisionEvent> {
    if (this.#state === "running") throw new ProcrefError("locked", "This supervisor runs already");
    if (this.#state === "over") this.#log = new EventLog<SupervisionEvent>(EVENTS_KEPT);
    this.#state = "running";
    return this.#log;
  }
}
