import { collect } from "./collect.ts";
import { systemStart } from "./later.ts";
import type { CommandRequest, ProcessRunner, RunnerOutput, StartedProcess } from "./runner.ts";

let system: Awaited<ReturnType<typeof systemStart>> | undefined;

/**
 * Runs commands as processes of this system, each in a private group unless it is given one.
 *
 * @example
 * ```ts
 * import { Command, SystemRunner } from "@procref/procref/command";
 *
 * // What a command takes if it is not told otherwise; here to be wrapped or replaced.
 * const runner = new SystemRunner();
 * console.log(await new Command("echo", { args: ["hello"], runner }).run()); // "hello"
 * ```
 */
export class SystemRunner implements ProcessRunner {
  /** Runs to the end. */
  async output(request: CommandRequest): Promise<RunnerOutput> {
    system ??= await systemStart();
    return await collect(await system.startProcess(request, false), request);
  }

  /** Starts it. @throws {ProcrefError} `not_found`, `permission_denied`, and what else `SharedChild.spawn()` throws. */
  async start(request: CommandRequest): Promise<StartedProcess> {
    system ??= await systemStart();
    return await system.startProcess(request, true);
  }
}
