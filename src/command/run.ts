// One run from its start to the end of its tree: its output streams, its standard input, whoever may end it early.
//
// The output ends with the last writer of the pipe, which may be a descendant that outlives the program. It has a
// moment; then the run's tree is killed, and with it the pipe ends. One that is in a group of the user's lives on, and
// is not waited for.

import type { ExitStatus } from "../child/mod.ts";
import { outputBuffer, Overflow } from "./buffer.ts";
import { Channel } from "./channel.ts";
import { InvalidEncoding } from "./decode.ts";
import { CommandError, detailsOf, type FailureDetails } from "./errors.ts";
import { type Feed, feed } from "./feed.ts";
import { gather } from "./gather.ts";
import { files } from "./later.ts";
import type { CommandRequest, StartedProcess, StreamCapture } from "./runner.ts";
import { bufferSink, listeningSinks, pipeSink } from "./sinks.ts";
import { CommandResult } from "./result.ts";
import { tell } from "./tell.ts";
import { Watch } from "./watch.ts";

/** Milliseconds that output may go on after the program's end. */
const LINGER = 500;
/** Milliseconds without output, once nobody of the tree is left to write. */
const REST = 100;

/** What happens to a process. */
type Happening =
  | { readonly type: "started" | "timed-out" }
  | { readonly type: "ended"; readonly status: ExitStatus; readonly duration: number };

/** What is special about a run. */
export interface RunRole {
  /** Where standard output goes instead of being kept: the standard input of a pipeline's next stage. */
  readonly next?: WritableStream<Uint8Array> | undefined;
  /** Somebody may wait for a line of output that has been gathered by then. */
  readonly recalls?: boolean;
}

/** A started process with all that belongs to its run. */
export class Run {
  /** What the runner started. */
  readonly process: StartedProcess;
  readonly request: CommandRequest;
  readonly stdout: Channel;
  readonly stderr: Channel;
  readonly watch: Watch;
  /** How the program itself ended. */
  readonly ended: Promise<ExitStatus>;
  /** Milliseconds to the program's end, once it has ended. */
  duration: number | undefined;
  readonly #feed: Feed | undefined;
  readonly #role: RunRole;
  readonly #gathering = new Map<Channel, Promise<Gathered>>();
  #linger: ReturnType<typeof setTimeout> | undefined;
  #status: ExitStatus | undefined;
  #closing: Promise<void> | undefined;

  /** Takes charge of a process that has just been started. */
  constructor(process: StartedProcess, request: CommandRequest, role: RunRole = {}) {
    this.#role = role;
    this.process = process;
    this.request = request;
    this.watch = new Watch(process, request.capture);
    const events = { active: () => this.watch.active(), ended: () => this.#settle() };
    this.stdout = new Channel(process.stdout, events);
    this.stderr = new Channel(process.stderr, events);
    this.#feed = request.input === undefined || process.stdin === undefined
      ? undefined
      : feed(process.stdin, request.input);
    this.#feed?.done.catch((error) => this.watch.fail(error));
    this.ended = process.status.then((status) => {
      this.#status = status;
      this.duration = performance.now() - this.watch.start;
      this.#tell({ type: "ended", status, duration: this.duration });
      this.#settle();
      return status;
    });
    void this.watch.interrupted.then(() => {
      if (this.watch.timedOut) this.#tell({ type: "timed-out" });
      this.#closeEarly();
    });
    this.#tell({ type: "started" });
  }

  #tell(event: Happening): void {
    const { commandLine, capture } = this.request;
    tell(capture.onEvent, { ...event, commandLine, pid: this.process.pid });
  }

  /** The output of both streams, as far as nobody else reads it. */
  gather(): Promise<[Gathered, Gathered]> {
    const { capture } = this.request;
    return Promise.all([
      this.#gather(this.stdout, capture.stdout),
      this.#gather(this.stderr, capture.stderr),
    ]);
  }

  /** All that the run came to. @throws The reason of its cancellation; what a line handler throws; `CommandError`. */
  async output(): Promise<CommandResult<Uint8Array>> {
    const [[stdout, stderr], status] = await Promise.all([this.#gatherInTime(), this.ended]);
    await this.close();
    const { code, signal } = status;
    const { timedOut } = this.watch;
    const output = new CommandResult({
      stdout: stdout.bytes,
      stderr: stderr.bytes,
      code,
      signal,
      success: code !== null && this.request.capture.okCodes.includes(code) && !timedOut,
      timedOut,
      truncated: stdout.truncated || stderr.truncated,
      duration: this.duration ?? 0,
    });
    this.check();
    return output;
  }

  /** @throws What ended the run, a timeout apart. */
  check(): void {
    try {
      this.watch.check();
    } catch (error) {
      throw this.explain(error);
    }
  }

  /** What is wrong with the output, as an error that tells of the run; any other error as it is. */
  explain(error: unknown): unknown {
    const { program } = this.request;
    if (error instanceof Overflow) {
      const message = `\`${program}\` wrote more than ${error.limit}`;
      return new CommandError("overflow", message, this.details());
    }
    if (error instanceof InvalidEncoding) {
      const message = `\`${program}\` wrote what is not valid ${error.label}`;
      return new CommandError("encoding", message, this.details());
    }
    return error;
  }

  /** What is known of the run at this moment. */
  details(): FailureDetails {
    const { code, signal } = this.#status ?? { code: null, signal: null };
    return detailsOf(this.request, {
      stdout: this.stdout.kept,
      stderr: this.stderr.kept,
      code,
      signal,
      success: false,
      timedOut: this.watch.timedOut,
      truncated: false,
      duration: this.duration ?? performance.now() - this.watch.start,
    });
  }

  /**
   * Ends what is left of the run and gives everything back. Output that has come can still be read.
   *
   * @throws {SystemError} Somebody in it may not be killed (EPERM).
   */
  async close(): Promise<void> {
    await (this.#closing ??= this.#close());
  }

  /** Ends it, whatever state it is in, and lets go of all that it holds. */
  async dispose(): Promise<void> {
    try {
      await this.close();
    } finally {
      await this.discard();
    }
  }

  /** Lets go of output that nobody will read, and of standard input. */
  async discard(): Promise<void> {
    await this.process.stdin?.abort().catch(() => {});
    await Promise.all([this.stdout.discard(), this.stderr.discard()]);
  }

  async #close(): Promise<void> {
    // In Deno the first clearTimeout loads Node's timers: not for a timer that was never set.
    if (this.#linger !== undefined) clearTimeout(this.#linger);
    this.watch.stop();
    this.#feed?.stop();
    try {
      await this.process.close();
    } finally {
      this.stdout.hurry(REST);
      this.stderr.hurry(REST);
    }
  }

  /** Where nobody awaits it: if it fails, whoever awaits `output()` or `dispose()` is told. */
  #closeEarly(): void {
    this.close().catch(() => {});
  }

  /** After the program's end, and at the end of a stream: is there anything to wait for? */
  #settle(): void {
    if (this.duration === undefined || this.#closing !== undefined) return;
    const over = this.stdout.ended && this.stderr.ended;
    if (!over) this.#linger ??= setTimeout(() => this.#closeEarly(), LINGER);
    // While handlers are at work, a timeout or a cancellation still ends the run; `output()` closes it then.
    else if (this.#gathering.size === 0) this.#closeEarly();
  }

  #gather(channel: Channel, stream: StreamCapture): Promise<Gathered> {
    const known = this.#gathering.get(channel);
    if (known !== undefined) return known;
    if (channel.taken) return Promise.resolve(NOTHING);
    channel.take("Output", this.#role.recalls);
    const gathering = this.#gatherAll(channel, stream).catch((error) => {
      this.watch.fail(error);
      void channel.discard();
      return NOTHING;
    });
    this.#gathering.set(channel, gathering);
    return gathering;
  }

  async #gatherAll(channel: Channel, stream: StreamCapture): Promise<Gathered> {
    const { capture } = this.request;
    const buffer = outputBuffer(capture, stream.encoding);
    const next = channel === this.stdout ? this.#role.next : undefined;
    const writing = stream.file === undefined ? undefined : await files();
    const first = () =>
      next !== undefined
        ? pipeSink(next, () => void channel.discard())
        : writing !== undefined && stream.file !== undefined
        ? writing.fileSink(stream.file)
        : bufferSink(buffer);
    await gather(channel, [first, ...listeningSinks(stream, capture)]);
    const bytes = buffer.bytes();
    // Asked for last: putting it together may cut once more.
    return { bytes, truncated: buffer.truncated };
  }

  /** A handler or sink that never comes back is given up when a timeout or a cancellation ends the run. */
  async #gatherInTime(): Promise<[Gathered, Gathered]> {
    const gathering = this.gather();
    let over = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const abandoned = this.watch.interrupted.then(async (): Promise<[Gathered, Gathered]> => {
      try {
        await this.close();
      } finally {
        if (!over) await new Promise((resolve) => timer = setTimeout(resolve, 2 * REST));
        await this.discard();
      }
      return [NOTHING, NOTHING];
    });
    try {
      return await Promise.race([gathering, abandoned]);
    } finally {
      over = true;
      if (timer !== undefined) clearTimeout(timer);
    }
  }
}

/** What is kept of one stream. */
interface Gathered {
  readonly bytes: Uint8Array;
  readonly truncated: boolean;
}

const NOTHING: Gathered = { bytes: new Uint8Array(), truncated: false };
