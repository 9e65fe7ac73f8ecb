import { ProcessGroup } from "../group/process_group.ts";
import { processStat } from "../group/linux/proc.ts";
import { collect } from "./collect.ts";
import type { CommandRequest, ProcessRunner, RunnerOutput, StartedProcess } from "./runner.ts";

/** Runs commands as processes of this system, each in a private group. */
export class SystemRunner implements ProcessRunner {
  /** Runs to the end. */
  async output(request: CommandRequest): Promise<RunnerOutput> {
    return await collect(await this.start(request), request);
  }

  /** Starts it. */
  async start(request: CommandRequest): Promise<StartedProcess> {
    const group = request.group ?? await ProcessGroup.create();
    const { args, env, stdin, stdout, stderr, attributes, cwd } = request;
    const child = await group.spawn(request.program, {
      ...attributes,
      args,
      env,
      stdin,
      stdout,
      stderr,
      ...(cwd === undefined ? {} : { cwd }),
    });
    return {
      pid: child.pid,
      startTime: processStat(child.pid)?.startTime ?? "",
      stdin: child.takeStdin(),
      stdout: child.takeStdout(),
      stderr: child.takeStderr(),
      status: child.wait(),
      signal: (signal) => child.sendSignal(signal),
      signalAll: (signal) => group.signal(signal),
      usage: () => ({ cpuTime: 0, peakMemory: 0 }),
      close: async () => {
        if (request.group === undefined) await group[Symbol.asyncDispose]();
      },
    };
  }
}
