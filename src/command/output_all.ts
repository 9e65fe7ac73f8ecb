import { checkInteger } from "../check.ts";
import type { Command } from "./command.ts";
import type { CommandOutput, RunOptions } from "./types.ts";

/** How many commands run. */
export interface OutputAllOptions extends RunOptions {
  /**
   * How many run at once, 1 or more.
   *
   * @default {navigator.hardwareConcurrency}
   */
  readonly concurrency?: number;
}

/** One of many outputs. */
export interface IndexedOutput {
  /** Which command it is of, counted from 0. */
  readonly index: number;
  /** What it came to. */
  readonly output: CommandOutput<string>;
}

/**
 * Runs many commands, a few at a time, and gives their outputs in the order of the commands. Failures and timeouts
 * are data; if a run rejects, as when a program is missing, those that still run are cancelled.
 *
 * @param commands Any number of commands.
 * @param options How many run at once, and cancellation of all.
 * @throws {TypeError | RangeError} The concurrency is no integer of 1 or more.
 *
 * @example
 * ```ts
 * import { Command, outputAll } from "@procref/procref/command";
 *
 * const greet = (name: string) => new Command("echo", { args: [name] });
 * const outputs = await outputAll(["Ada", "Grace"].map(greet), { concurrency: 2 });
 * console.log(outputs.map(({ stdout }) => stdout)); // ["Ada\n", "Grace\n"]
 * ```
 */
export async function outputAll(
  commands: Iterable<Command>,
  options: OutputAllOptions = {},
): Promise<CommandOutput<string>[]> {
  const outputs: CommandOutput<string>[] = [];
  for await (const { index, output } of outputStream(commands, options)) outputs[index] = output;
  return outputs;
}

/**
 * Runs many commands, a few at a time, and gives each output as soon as it is there: in the order in which they end.
 * While the loop's body is busy no more than `concurrency` run or wait to be read. Leaving
 * the loop cancels what still runs.
 *
 * @param commands Any number of commands; the next is asked for when there is room.
 * @param options How many run at once, and cancellation of all.
 * @throws {TypeError | RangeError} The concurrency is no integer of 1 or more: at once.
 *
 * @example
 * ```ts
 * import { Command, outputStream } from "@procref/procref/command";
 *
 * const after = (seconds: string) => new Command("sleep", { args: [seconds] });
 * for await (const { index } of outputStream([after("0.2"), after("0")], { concurrency: 2 })) {
 *   console.log(index); // 1, then 0
 * }
 * ```
 */
export function outputStream(
  commands: Iterable<Command>,
  options: OutputAllOptions = {},
): AsyncIterable<IndexedOutput> {
  const { concurrency = navigator.hardwareConcurrency, signal } = options;
  if (concurrency !== Infinity) {
    checkInteger(concurrency, "concurrency", 1, Number.MAX_SAFE_INTEGER);
  }
  return run(commands, concurrency, signal);
}

async function* run(
  commands: Iterable<Command>,
  concurrency: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<IndexedOutput> {
  const rest = new AbortController();
  const cancelled = signal === undefined ? rest.signal : AbortSignal.any([signal, rest.signal]);
  const ended = new Ended();
  const source = commands[Symbol.iterator]();
  let started = 0;
  function fill(): void {
    while (ended.expected < concurrency) {
      cancelled.throwIfAborted();
      const { done, value: command } = source.next();
      if (done) return;
      ended.expect(outputOf(command, started++, cancelled));
    }
  }
  try {
    fill();
    while (ended.expected > 0) {
      const result = await ended.next();
      // Before the consumer, who may take its time.
      fill();
      yield result;
    }
  } finally {
    rest.abort();
    source.return?.();
    await ended.settled();
  }
}

async function outputOf(
  command: Command,
  index: number,
  signal: AbortSignal,
): Promise<IndexedOutput> {
  return { index, output: await command.output({ signal }) };
}

/** Runs, in the order in which they end. */
class Ended {
  readonly #running = new Set<Promise<IndexedOutput>>();
  readonly #over: Promise<IndexedOutput>[] = [];
  #wake: () => void = () => {};

  /** Those that run or have ended, and are not handed out yet. */
  get expected(): number {
    return this.#running.size + this.#over.length;
  }

  expect(run: Promise<IndexedOutput>): void {
    this.#running.add(run);
    const over = () => {
      this.#running.delete(run);
      this.#over.push(run);
      this.#wake();
    };
    run.then(over, over);
  }

  async next(): Promise<IndexedOutput> {
    for (;;) {
      const run = this.#over.shift();
      if (run !== undefined) return await run;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  async settled(): Promise<void> {
    await Promise.allSettled(this.#running);
  }
}
