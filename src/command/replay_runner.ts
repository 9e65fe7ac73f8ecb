import { pathOf } from "../check.ts";
import type { WaitOptions } from "../wait.ts";
import { readCassette } from "./cassette_file.ts";
import type { CommandRequest, ProcessRunner, RunnerOutput, StartedProcess } from "./runner.ts";
import { SystemRunner } from "./system_runner.ts";

/** Who answers: the one who records, or the one who plays. */
interface Mode extends ProcessRunner {
  save?(options: WaitOptions): Promise<void>;
}

/**
 * Records what programs come to in a file, a cassette, and later answers from it without starting anything.
 *
 * A run is recognised by its program, arguments, working directory as it was given, and a digest of its standard
 * input. Runs of the same kind are answered in the order in which they were recorded, the last one again and again;
 * one that is not in the cassette is an error with code `cassette_miss`.
 *
 * The cassette is JSON with a version, readable for its owner alone (mode 0600; on Windows, an access list). Values of environment variables are
 * never written. Arguments and output are, as they are: look for secrets before you share one. Only runs that came to
 * an end are recorded, whatever their exit code, and timeouts; not those that were cancelled or could not start.
 *
 * In Deno it needs `--allow-read` and `--allow-write` for the cassette.
 *
 * @example
 * ```ts
 * import { rmSync } from "node:fs";
 * import { Command, ReplayRunner } from "@procref/procref/command";
 *
 * const path = `/tmp/${crypto.randomUUID()}.json`;
 * const recorder = ReplayRunner.record(path);
 * await new Command("echo", { args: ["hello"], runner: recorder }).run();
 * await recorder.save();
 *
 * const runner = ReplayRunner.replay(path);
 * console.log(await new Command("echo", { args: ["hello"], runner }).run()); // "hello", and no echo was started
 * rmSync(path);
 * ```
 */
export class ReplayRunner implements ProcessRunner {
  readonly #mode: () => Promise<Mode>;

  private constructor(mode: () => Promise<Mode>) {
    let made: Promise<Mode> | undefined;
    this.#mode = () => made ??= mode();
  }

  /**
   * Runs commands and records them.
   *
   * @param path Where `save()` writes the cassette; one that is there is replaced.
   * @param inner Who runs the commands. Default: the system.
   */
  static record(path: string | URL, inner: ProcessRunner = new SystemRunner()): ReplayRunner {
    const file = pathOf(path, "A cassette's path");
    return new ReplayRunner(async () => {
      const { Recorder } = await import("./recorder.ts");
      return new Recorder(file, inner);
    });
  }

  /**
   * Answers from a cassette.
   *
   * @param path The cassette.
   * @throws {ProcrefError} `not_found`: there is none; `not_a_file`: it is no regular file; `corrupt`: it can't be read.
   */
  static replay(path: string | URL): ReplayRunner {
    const file = pathOf(path, "A cassette's path");
    const runs = readCassette(file);
    return new ReplayRunner(async () => {
      const { Player } = await import("./player.ts");
      return new Player(file, runs);
    });
  }

  /**
   * Writes the cassette: a new file, renamed to its place when it is whole. It waits for the runs that have begun.
   * While replaying there is nothing to save.
   *
   * @param options How long to wait for runs that are not over.
   * @throws {TimeoutError} A run is not over.
   */
  async save(options: WaitOptions = {}): Promise<void> {
    await (await this.#mode()).save?.(options);
  }

  /** Runs to the end, or pretends to. @throws {ProcrefError} `cassette_miss`: it is not recorded. */
  async output(request: CommandRequest): Promise<RunnerOutput> {
    return await (await this.#mode()).output(request);
  }

  /**
   * Starts it, or pretends to: then it writes all at once, and lives as long as it did, until somebody ends it where
   * somebody did. Standard input is not compared here if it is a stream.
   *
   * @throws {ProcrefError} `cassette_miss`: it is not recorded.
   */
  async start(request: CommandRequest): Promise<StartedProcess> {
    return await (await this.#mode()).start(request);
  }
}
