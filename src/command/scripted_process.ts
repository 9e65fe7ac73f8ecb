// A process that only pretends: it writes what a script says, when the script says it, into streams that hold as much
// as a pipe does (pipe(7)), and dies of the signals that a real one would die of (signal(7)).

import { ERRNO } from "../../ffi/errno.ts";
import { SystemError } from "../../ffi/errors.ts";
import type { ExitStatus } from "../child/status.ts";
import type { SignalName } from "../process/signals.ts";
import { sleep } from "../wait.ts";
import type { CommandRequest, ProcessUsage, StartedProcess } from "./runner.ts";

/** What a pretended process does. */
export interface Script {
  /** What it writes, in order. */
  readonly writes: Iterable<Write> | AsyncIterable<Write>;
  /** Milliseconds that it runs at least. */
  readonly duration: number;
  /** How it ends if nothing ends it before. */
  readonly status: ExitStatus;
  /** Signals that do nothing to it; SIGKILL always does. */
  readonly ignores: readonly SignalName[];
}

/** One write to one of its streams. */
export interface Write {
  /** Milliseconds to wait before. */
  readonly delay: number;
  readonly stream: "stdout" | "stderr";
  readonly bytes: Uint8Array;
}

// What a pipe holds before its writer has to wait.
const CAPACITY = 65_536;
// Above any pid there is, and odd, which no pid of Windows is.
const FIRST_PID = 2 ** 30 + 1;
// Those that by default stop a process, continue it, or do nothing.
const HARMLESS: readonly string[] = [
  "SIGCHLD",
  "SIGCONT",
  "SIGSTOP",
  "SIGTSTP",
  "SIGTTIN",
  "SIGTTOU",
  "SIGURG",
  "SIGWINCH",
];

let started = 0;

/** A started process that follows a script. */
export class ScriptedProcess implements StartedProcess {
  readonly pid = FIRST_PID + 2 * started++;
  readonly startTime = "0";
  readonly stdin: WritableStream<Uint8Array> | undefined;
  readonly stdout: ReadableStream<Uint8Array> | undefined;
  readonly stderr: ReadableStream<Uint8Array> | undefined;
  readonly status: Promise<ExitStatus>;
  readonly #script: Script;
  readonly #pipes: { readonly stdin: Sink; readonly stdout: Pipe; readonly stderr: Pipe };
  readonly #death = new AbortController();
  #ended: ExitStatus | undefined;
  #failure: { readonly error: unknown } | undefined;

  /** Starts to follow the script. */
  constructor(script: Script, request: CommandRequest) {
    const stdout = new Pipe();
    const joined = request.stderr === "stdout";
    const pipes = { stdin: new Sink(), stdout, stderr: joined ? stdout : new Pipe() };
    this.#script = script;
    this.#pipes = pipes;
    this.stdin = request.stdin === "piped" ? pipes.stdin.writable : undefined;
    this.stdout = request.stdout === "piped" ? pipes.stdout.readable : pipes.stdout.nowhere();
    if (request.stderr === "piped") this.stderr = pipes.stderr.readable;
    else if (!joined) this.stderr = pipes.stderr.nowhere();
    this.status = this.#run();
  }

  signal(signal: SignalName): boolean {
    if (this.#ended !== undefined) return false;
    const deadly = !HARMLESS.includes(signal) && !this.#script.ignores.includes(signal);
    if (deadly || signal === "SIGKILL") this.#end(endedBy(signal));
    return true;
  }

  signalAll(signal: SignalName): void {
    this.signal(signal);
  }

  usage(): ProcessUsage {
    return { cpuTime: 0, peakMemory: 0 };
  }

  async close(): Promise<void> {
    this.signal("SIGKILL");
    await this.status;
  }

  /** @throws What the script has thrown, if it has. The process is as dead then as after an abort(3). */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  async #run(): Promise<ExitStatus> {
    const { signal } = this.#death;
    const { duration, status } = this.#script;
    try {
      await Promise.all([this.#write(signal), rest(duration, signal)]);
    } catch (error) {
      if (!signal.aborted) {
        this.#failure = { error };
        return this.#end(endedBy("SIGABRT"));
      }
    }
    return this.#end(status);
  }

  async #write(death: AbortSignal): Promise<void> {
    for await (const { delay, stream, bytes } of this.#script.writes) {
      if (delay > 0) await rest(delay, death);
      death.throwIfAborted();
      const read = await this.#pipes[stream].write(bytes, death);
      if (!read) this.#end(endedBy("SIGPIPE"));
      death.throwIfAborted();
    }
  }

  #end(status: ExitStatus): ExitStatus {
    if (this.#ended !== undefined) return this.#ended;
    this.#ended = status;
    this.#death.abort();
    this.#pipes.stdin.close();
    this.#pipes.stdout.close();
    this.#pipes.stderr.close();
    return status;
  }
}

/** The status of what a signal ends, whether or not this platform has the signal. */
export function endedBy(signal: SignalName): ExitStatus {
  return { success: false, code: null, signal };
}

/** Waits, and holds the runtime alive for it, as a real child would. */
async function rest(milliseconds: number, death: AbortSignal): Promise<void> {
  do await sleep(milliseconds, death); while (milliseconds === Infinity);
}

/** Standard input: takes everything until the process ends; then it is a broken pipe. */
class Sink {
  readonly writable: WritableStream<Uint8Array>;
  #controller: WritableStreamDefaultController | undefined;

  constructor() {
    this.writable = new WritableStream({
      start: (controller) => void (this.#controller = controller),
    });
  }

  close(): void {
    this.#controller?.error(new SystemError("write", ERRNO.EPIPE));
  }
}

/** An output stream. */
class Pipe {
  readonly readable: ReadableStream<Uint8Array>;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #state: "open" | "closed" | "nowhere" | "unread" = "open";
  #room: () => void = () => {};

  constructor() {
    this.readable = new ReadableStream<Uint8Array>({
      start: (controller) => void (this.#controller = controller),
      pull: () => this.#room(),
      cancel: () => {
        this.#state = "unread";
        this.#room();
      },
    }, new ByteLengthQueuingStrategy({ highWaterMark: CAPACITY }));
  }

  /** What is written goes nowhere: /dev/null, or the terminal of somebody else. */
  nowhere(): undefined {
    this.#state = "nowhere";
  }

  /** Writes, and waits until there is room again; false if nobody reads any more. */
  async write(bytes: Uint8Array, death: AbortSignal): Promise<boolean> {
    if (this.#state === "open" && bytes.length > 0) {
      this.#controller?.enqueue(bytes);
      while (this.#full() && !death.aborted) await this.#untilRoom(death);
    }
    return this.#state !== "unread";
  }

  close(): void {
    if (this.#state === "open") this.#controller?.close();
    this.#state = "closed";
  }

  #full(): boolean {
    return this.#state === "open" && (this.#controller?.desiredSize ?? 1) <= 0;
  }

  #untilRoom(death: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      this.#room = resolve;
      death.addEventListener("abort", () => resolve(), { once: true });
    });
  }
}
