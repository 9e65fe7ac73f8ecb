import type { ExitStatus, SharedChild } from "../child/mod.ts";
import { identify } from "../process/alive.ts";
import type { SignalName } from "../process/signals.ts";
import type { ProcessUsage, StartedProcess } from "./runner.ts";
import type { RunTree } from "./run_tree.ts";

/** A process of this system, in the tree of its run. */
export class SystemProcess implements StartedProcess {
  readonly pid: number;
  readonly stdin: WritableStream<Uint8Array> | undefined;
  readonly stdout: ReadableStream<Uint8Array> | undefined;
  readonly stderr: ReadableStream<Uint8Array> | undefined;
  readonly status: Promise<ExitStatus>;
  readonly #child: SharedChild;
  readonly #tree: RunTree;
  #startTime: string | undefined;

  constructor(child: SharedChild, tree: RunTree) {
    this.pid = child.pid;
    this.stdin = child.takeStdin();
    this.stdout = child.takeStdout();
    this.stderr = child.takeStderr();
    this.#child = child;
    this.#tree = tree;
    this.status = child.wait();
  }

  get startTime(): string {
    return this.#startTime ??= identify(this.pid)?.startTime ?? "";
  }

  signal(signal: SignalName): boolean {
    return this.#child.sendSignal(signal);
  }

  signalAll(signal: SignalName): void {
    this.#tree.ask(this.#child, signal);
  }

  usage(): ProcessUsage {
    return this.#tree.usage(this.#child);
  }

  async close(): Promise<void> {
    await this.#tree.close(this.#child);
  }
}
