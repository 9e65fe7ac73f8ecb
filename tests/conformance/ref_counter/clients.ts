// Processes of either runtime that hold one counter each and do what they are told.

import type { CounterBackend, RefCounter } from "../../../src/counter/mod.ts";
import { waitForExit } from "../../../src/process/mod.ts";
import { type Program, type RuntimeName, RUNTIMES, start, suspend } from "../../harness/mod.ts";

const SCRIPT = new URL("../ref_counter_client.ts", import.meta.url);

/** What of a counter another process needs, to open the same. */
export interface Shared {
  readonly name: string;
  readonly backend: CounterBackend;
}

/** The counter of another process. */
export class Client implements AsyncDisposable {
  readonly #program: Program;

  private constructor(program: Program) {
    this.#program = program;
  }

  /** Starts the process; it is ready to be told when this resolves. */
  static async start(runtime: RuntimeName, { backend, name }: Shared): Promise<Client> {
    const client = new Client(start(runtime, SCRIPT, { args: [backend, name] }));
    await client.hear("ready");
    return client;
  }

  get pid(): number {
    return this.#program.pid;
  }

  /** Gives an order, and returns the answer: what the counter's method returned, or `NAME code: message`. */
  async ask(order: string): Promise<unknown> {
    this.#program.tell(order);
    const line = await this.#program.line();
    return /^[\d[{tf]/.test(line) ? JSON.parse(line) : line;
  }

  /** Makes it wait; when this resolves it does, and what it waits for was not there at its first look. */
  async startWaiting(order: "lock" | "waitForZero"): Promise<void> {
    this.#program.tell(order);
    await this.hear("waiting");
  }

  /** Waits for its next line, which must be this one. */
  async hear(expected: string): Promise<void> {
    const line = await this.#program.line();
    if (line !== expected) throw new Error(`pid ${this.pid} said ${line}, not ${expected}`);
  }

  /** Stops it where it is, or lets it go on. */
  suspend(suspended: boolean): void {
    suspend(this.pid, suspended);
  }

  /** SIGKILL; resolves in the moment in which the kernel tells of its end. */
  async crash(): Promise<void> {
    this.#program.signal("SIGKILL");
    await waitForExit(this.pid);
  }

  /** Lets it end by itself, without giving anything back. */
  async end(): Promise<void> {
    this.#program.tell("exit");
    await waitForExit(this.pid);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program[Symbol.asyncDispose]();
  }
}

/** Several clients of one counter, which get the same orders. */
export class Clients implements AsyncDisposable {
  readonly all: readonly Client[];

  private constructor(all: readonly Client[]) {
    this.all = all;
  }

  /** Starts so many in each runtime. */
  static async start(inEach: number, counter: Shared): Promise<Clients> {
    const runtimes = Array.from({ length: inEach }, () => RUNTIMES).flat();
    return new Clients(await Promise.all(runtimes.map((one) => Client.start(one, counter))));
  }

  /** Gives all the same order at once, and returns the answers. */
  ask(order: string): Promise<unknown[]> {
    return Promise.all(this.all.map((client) => client.ask(order)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.all.map((client) => client[Symbol.asyncDispose]()));
  }
}

/** After a crash the kernel object may stay until its next use: this is that use, which must find nothing. */
export function tidy(counter: RefCounter): void {
  if (counter.acquire() !== 1) throw new Error(`${counter.name} still counted ${counter.count()}`);
  counter.release();
}
