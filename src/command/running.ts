import type { ExitStatus } from "../child/mod.ts";
import { collect } from "./collect.ts";
import type { CommandRequest, StartedProcess } from "./runner.ts";
import type { CommandOutput } from "./types.ts";

/** A command that runs. Leaving the scope ends it, with all it has started. */
export class RunningProcess implements AsyncDisposable {
  /** The process id. */
  readonly pid: number;
  readonly #process: StartedProcess;
  readonly #request: CommandRequest;

  /** @param process What the runner started. @param request What for. */
  constructor(process: StartedProcess, request: CommandRequest) {
    this.pid = process.pid;
    this.#process = process;
    this.#request = request;
  }

  /** Waits for its end. Any number may wait. */
  async wait(): Promise<ExitStatus> {
    return await this.#process.status;
  }

  /** Gathers its output until the end, as text. */
  async output(): Promise<CommandOutput<string>> {
    const output = await collect(this.#process, this.#request);
    const decoder = new TextDecoder();
    const [stdout, stderr] = [decoder.decode(output.stdout), decoder.decode(output.stderr)];
    return { ...output, stdout, stderr };
  }

  /** Kills it, with all it has started. @returns False if it had ended. */
  kill(): boolean {
    const running = this.#process.signal("SIGKILL");
    this.#process.signalAll("SIGKILL");
    return running;
  }

  /** Kills what is left of it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.close();
  }
}
