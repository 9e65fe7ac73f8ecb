import { launchChild } from "../../child/launch.ts";
import { type SharedChild, sharedChild } from "../../child/shared_child.ts";
import type { SpawnOptions } from "../../child/options.ts";
import type { SignalName } from "../../process/signals.ts";
import { ReleasableJob } from "../../object/releasable_job.ts";
import type { CommandKeeper } from "./keeper.ts";

/**
 * What a keeper does, by a job object: the command is in it before its first instruction runs, and the kernel ends it,
 * and what it has started, when procref is killed. There are no signals but those of the console, which tells them to
 * everybody who has it; a request to end reaches procref alone.
 */
export class JobKeeper implements CommandKeeper {
  readonly #job = new ReleasableJob();

  async ready(): Promise<void> {}

  spawn(program: string, options: SpawnOptions): SharedChild {
    return sharedChild(launchChild(program, options, { job: this.#job.handle }));
  }

  watch(): void {}

  reached(signal: SignalName): Promise<boolean> {
    return Promise.resolve(signal !== "SIGTERM");
  }

  // deno-lint-ignore require-await
  async end(): Promise<void> {
    this.#job.letGo();
    this.#job.close();
  }
}
