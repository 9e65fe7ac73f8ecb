import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { type RuntimeName, start } from "../../tests/harness/program.ts";

/** A process that measures: it is told a line, and answers with a line. */
export interface Worker extends AsyncDisposable {
  /** Tells it something and returns its answer. */
  ask(line: string): Promise<string>;
}

/** Starts a script of `bench/scripts` as a worker. */
export function scriptWorker(runtime: RuntimeName, script: string, ...args: string[]): Worker {
  const program = start(runtime, new URL(`../scripts/${script}`, import.meta.url), { args });
  return {
    async ask(line) {
      program.tell(line);
      return await program.line();
    },
    async [Symbol.asyncDispose]() {
      // An empty line asks it to end by itself and to clean up.
      program.tell("");
      await program.ended;
    },
  };
}

/** Starts a compiled program as a worker. */
export function nativeWorker(path: string, ...args: string[]): Worker {
  return new NativeWorker(spawn(path, args, { stdio: ["pipe", "pipe", "inherit"] }));
}

class NativeWorker implements Worker {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #ended: Promise<unknown>;

  constructor(child: ChildProcess) {
    if (child.stdout === null) throw new Error("It has no output");
    this.#child = child;
    this.#lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    this.#ended = once(child, "close");
  }

  async ask(line: string): Promise<string> {
    this.#child.stdin?.write(`${line}\n`);
    const next = await this.#lines.next();
    if (next.done) throw new Error("It ended without an answer");
    return next.value;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.stdin?.end("\n");
    await this.#ended;
  }
}
