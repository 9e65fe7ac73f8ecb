import type { ExitStatus } from "../child/status.ts";
import type { SignalName } from "../process/signals.ts";
import { joined } from "./buffer.ts";
import type { ProcessUsage, StartedProcess } from "./runner.ts";

/** What a process has written, and how it ended. */
export interface Tape {
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
  readonly status: ExitStatus;
  /** It was sent a signal while it ran. */
  readonly interrupted: boolean;
}

/** A process with a copy kept of all that is read from it. */
export class TappedProcess implements StartedProcess {
  readonly pid: number;
  readonly startTime: string;
  readonly stdin: WritableStream<Uint8Array> | undefined;
  readonly stdout: ReadableStream<Uint8Array> | undefined;
  readonly stderr: ReadableStream<Uint8Array> | undefined;
  readonly status: Promise<ExitStatus>;
  /** When it has ended and its output is read, or given up. */
  readonly tape: Promise<Tape>;
  readonly #process: StartedProcess;
  readonly #closed = Promise.withResolvers<void>();
  #over = false;
  #interrupted = false;

  /** Puts itself between a process and its reader. */
  constructor(process: StartedProcess) {
    const [stdout, stderr] = [new Tap(process.stdout), new Tap(process.stderr)];
    this.#process = process;
    this.pid = process.pid;
    this.startTime = process.startTime;
    this.stdin = process.stdin;
    this.stdout = stdout.stream;
    this.stderr = stderr.stream;
    this.status = process.status;
    const read = Promise.race([Promise.all([stdout.ended, stderr.ended]), this.#closed.promise]);
    process.status.then(() => this.#over = true);
    this.tape = Promise.all([process.status, read]).then(([status]) => ({
      stdout: stdout.bytes(),
      stderr: stderr.bytes(),
      status,
      interrupted: this.#interrupted,
    }));
  }

  signal(signal: SignalName): boolean {
    this.#interrupt();
    return this.#process.signal(signal);
  }

  signalAll(signal: SignalName): void {
    this.#interrupt();
    this.#process.signalAll(signal);
  }

  usage(): ProcessUsage {
    return this.#process.usage();
  }

  async close(): Promise<void> {
    this.#interrupt();
    await this.#process.close();
    this.#closed.resolve();
  }

  #interrupt(): void {
    this.#interrupted ||= !this.#over;
  }
}

/** One stream, with a copy of what went through. */
class Tap {
  readonly stream: ReadableStream<Uint8Array> | undefined;
  readonly ended: Promise<void>;
  readonly #chunks: Uint8Array[] = [];
  readonly #end = Promise.withResolvers<void>();

  constructor(source: ReadableStream<Uint8Array> | undefined) {
    this.ended = this.#end.promise;
    this.stream = source === undefined ? undefined : this.#through(source.getReader());
    if (source === undefined) this.#end.resolve();
  }

  bytes(): Uint8Array {
    return joined(this.#chunks);
  }

  #through(reader: ReadableStreamDefaultReader<Uint8Array>): ReadableStream<Uint8Array> {
    return new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        try {
          const { done, value } = await reader.read();
          if (done) return this.#finish(() => controller.close());
          this.#chunks.push(value.slice());
          controller.enqueue(value);
        } catch (error) {
          this.#finish(() => controller.error(error));
        }
      },
      cancel: async (reason) => {
        this.#end.resolve();
        await reader.cancel(reason);
      },
    }, { highWaterMark: 0 });
  }

  #finish(tell: () => void): void {
    tell();
    this.#end.resolve();
  }
}
