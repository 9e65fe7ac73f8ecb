import { ProcrefError } from "../../ffi/errors.ts";
import { checkSignal, type SignalName } from "../process/signals.ts";
import type { HeldProcess } from "../process/held.ts";
import { type RuntimeChild, runtimeChildren } from "../runtime/children/mod.ts";
import { limit, unlessAborted, type WaitOptions } from "../wait.ts";
import { attachedWait, type SharedChildHandle } from "./handle.ts";
import { launchChild, type Launched } from "./launch.ts";
import { ChildMemory } from "./memory.ts";
import type { SpawnOptions } from "./options.ts";
import { type ExitStatus, type StatusWords, wordsOf } from "./status.ts";
import { Streams } from "./streams.ts";
import { childSystem } from "./system.ts";

let create: (launched: Launched) => SharedChild;
let ask: (child: SharedChild, number: number) => boolean;

/**
 * A child process that any number of tasks, in any thread, may wait for and signal at the same time.
 *
 * Signals go through a pidfd that was opened in the turn of the start (pidfd_open(2)), so none can reach a process
 * that got the pid later; on macOS they are sent right after a look at a kqueue that was. The status is kept for ever. Leaving the scope kills the child and waits for it.
 *
 * @example
 * ```ts
 * import { SharedChild } from "@procref/procref/child";
 *
 * await using child = SharedChild.spawn("sleep", { args: ["60"] });
 * const waiters = [child.wait(), child.wait()];
 * child.sendSignal("SIGTERM");
 * for (const status of await Promise.all(waiters)) console.log(status.signal); // "SIGTERM", twice
 * ```
 */
export class SharedChild implements AsyncDisposable {
  /** The process id. After the end it may belong to another process; the methods here never mistake it. */
  readonly pid: number;
  readonly #memory: ChildMemory;
  readonly #handle: number;
  /** The thread that started the child has the runtime's object; others have not. */
  readonly #child: RuntimeChild | undefined;
  readonly #streams: Streams;
  readonly #settled: Promise<void>;
  #waiters = 0;

  static {
    create = ({ child, handle }) =>
      new SharedChild(child.pid, new ChildMemory(), handle ?? -1, child);
    ask = (child, number) =>
      child.#reach((held) => held.ask?.(number) === true || held.signal(number));
  }

  private constructor(pid: number, memory: ChildMemory, handle: number, child?: RuntimeChild) {
    this.pid = pid;
    this.#memory = memory;
    this.#handle = handle;
    this.#child = child;
    this.#streams = new Streams(child);
    if (handle === -1) memory.retire(() => {});
    this.#settled = child === undefined
      ? Promise.resolve()
      : child.ended.then((ending) => this.#publish(this.#remembered() ?? wordsOf(ending)));
    this.#settled.catch(() => {});
  }

  /**
   * Starts a program. It is looked up in the `PATH` of the child's environment, a name with a slash from `cwd`.
   * In Deno this needs `--allow-ffi` and `--allow-run=PROGRAM`; for `umask`, `priority`, `ioPriority`, `affinity` and
   * `rlimits` it is `--allow-run=/bin/sh`; `argv0` needs `--allow-env` as well.
   *
   * The child holds this process alive only while somebody waits for it or has taken its output, and does not end
   * with it: that is what groups are for.
   *
   * @param program A name, a path, or a file URL.
   * @param options Arguments, environment, streams, and what the process may do.
   * @throws {ProcrefError} `not_found`: no program (the message says where it was searched), interpreter or working directory.
   * @throws {PermissionError} A directory, not executable, or a right that is missing (uid, priority, `--allow-run`).
   * @throws {TypeError | RangeError} Bad options, NUL in a text among them.
   * @throws {UnsupportedError} This platform cannot do what an option asks for.
   */
  static spawn(program: string | URL, options?: SpawnOptions): SharedChild {
    return create(launchChild(program, options));
  }

  /**
   * Takes part in a child from another thread. Its standard streams stay with the thread that started it.
   *
   * @param handle What `share()` gave, sent by `postMessage`.
   * @throws {TypeError} It is no such handle.
   */
  static attach(handle: SharedChildHandle): SharedChild {
    const memory: unknown = handle?.memory;
    if (!(memory instanceof SharedArrayBuffer) || typeof handle.pid !== "number") {
      throw new TypeError("A child is attached by what share() gave, within one process");
    }
    return new SharedChild(handle.pid, new ChildMemory(memory), handle.descriptor);
  }

  /**
   * Wraps a child that already runs: a `Deno.ChildProcess`, a `Bun.Subprocess` or a `ChildProcess` of
   * node:child_process. The object stays usable; a stream that is taken here is taken from it.
   *
   * @param child The runtime's own object, in the thread that started it.
   * @throws {TypeError} It is none of these.
   * @throws {ProcrefError} `start_failed`: a `ChildProcess` whose start failed.
   */
  static from(child: object): SharedChild {
    const wrapped = runtimeChildren.wrap(child);
    if (wrapped === undefined) throw new TypeError("Not a child process of this runtime");
    if (wrapped.pid <= 0) throw new ProcrefError("start_failed", "That child was never started");
    // Once it is reaped, its pid may name another process: then there is a status, and nothing to signal.
    const handle = wrapped.reaped() ? undefined : childSystem().open(wrapped.pid);
    // Whether it holds the process alive when nobody waits stays its owner's decision.
    return create({ child: { ...wrapped, unref: () => {} }, handle });
  }

  /**
   * Waits for the end. Any number may wait, in any thread; all get the same status, also long after the end.
   *
   * @param options Timeout and AbortSignal of this wait alone. With a timeout of 0 it still looks once.
   * @throws {TimeoutError} It still runs.
   */
  async wait(options: WaitOptions = {}): Promise<ExitStatus> {
    const { signal, timeout } = options;
    signal?.throwIfAborted();
    this.#hold(1);
    try {
      // The usual wait costs no clock, and no look at what the runtime is about to tell.
      if (this.#child !== undefined && signal === undefined && timeout === undefined) {
        await this.#settled;
      } else await this.#waitAtMost(options);
    } finally {
      this.#hold(-1);
    }
    return this.tryWait() ?? lost(this.pid);
  }

  async #waitAtMost(options: WaitOptions): Promise<void> {
    using patience = limit(options, () => `the end of child ${this.pid}`);
    if (this.tryWait() !== undefined) return;
    if (this.#child === undefined) await this.#waitElsewhere(patience.signal);
    else await unlessAborted(this.#settled, patience.signal);
  }

  /** The status, or undefined while it runs. Never undefined again once anybody saw the end. */
  tryWait(): ExitStatus | undefined {
    const status = this.#memory.status();
    if (status !== undefined) return status;
    // Between the end and the turn in which the runtime notices.
    const words = this.#peek();
    if (words !== undefined) this.#publish(words);
    return this.#memory.status();
  }

  /** Kills it: SIGKILL. @returns False once it has ended. @throws {SystemError} It may not be signalled (EPERM). */
  kill(): boolean {
    return this.sendSignal("SIGKILL");
  }

  /**
   * Sends a signal; safe beside any wait, and never to another process. On Windows every signal ends it at once, and
   * `status.signal` tells which; `stop()` of `./process` asks a child that listens.
   *
   * @param signal A name of this platform, or a number; 0 sends nothing and only asks.
   * @returns False once it has ended.
   * @throws {TypeError | RangeError} No such signal.
   * @throws {SystemError} It may not be signalled (EPERM).
   */
  sendSignal(signal: SignalName | number): boolean {
    const number = checkSignal(signal);
    return this.#reach((held) => held.signal(number));
  }

  /** Standard input, at the first call; then, and where it is not piped, undefined. Closing it is end of file. */
  takeStdin(): WritableStream<Uint8Array> | undefined {
    return this.#streams.take("stdin");
  }

  /** Standard output, at the first call; then, and where it is not piped, undefined. */
  takeStdout(): ReadableStream<Uint8Array> | undefined {
    return this.#held(this.#streams.take("stdout"));
  }

  /** Standard error, at the first call; then, and where it is not piped, undefined. */
  takeStderr(): ReadableStream<Uint8Array> | undefined {
    return this.#held(this.#streams.take("stderr"));
  }

  /** A handle for other threads of this process: send it by `postMessage`, there `SharedChild.attach()` it. */
  share(): SharedChildHandle {
    return { pid: this.pid, descriptor: this.#handle, memory: this.#memory.buffer };
  }

  /** Kills the child and waits until it has ended; streams that nobody took are closed. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.kill();
    await this.wait();
    await this.#streams.discard();
  }

  #reach(body: (held: HeldProcess) => boolean): boolean {
    if (this.#memory.status() !== undefined) return false;
    return this.#use(body) ?? false;
  }

  #use<T>(body: (held: HeldProcess, descriptor: number) => T): T | undefined {
    const held = () => childSystem().held(this.pid, this.#handle);
    return this.#memory.use(() => body(held(), this.#handle), () => held().close());
  }

  /** On Windows the kernel knows the exit code for ever, and Bun only its lowest 8 bits. */
  #remembered(): StatusWords | undefined {
    return childSystem().remembersEnd ? this.#peek() : undefined;
  }

  #peek(): StatusWords | undefined {
    return this.#use((_held, descriptor) => childSystem().peek(this.pid, descriptor));
  }

  #publish(words: readonly [number, number]): void {
    this.#memory.publish(words);
    this.#memory.retire(() => childSystem().held(this.pid, this.#handle).close());
  }

  async #waitElsewhere(signal: AbortSignal): Promise<void> {
    // A handle of its own, so that the other threads may close theirs meanwhile.
    const own = this.#use((_held, descriptor) => childSystem().duplicate(descriptor));
    const look = () => this.tryWait() !== undefined;
    await attachedWait(this.pid, own, this.#memory, look, signal);
    look();
  }

  /** Who reads the output waits for it: until the child's end that holds the process alive as a wait does. */
  #held<Stream>(stream: Stream | undefined): Stream | undefined {
    if (stream === undefined) return undefined;
    this.#hold(1);
    const over = () => this.#hold(-1);
    this.#settled.then(over, over);
    return stream;
  }

  #hold(change: 1 | -1): void {
    this.#waiters += change;
    if (change === 1 && this.#waiters === 1) this.#child?.ref();
    if (this.#waiters === 0) this.#child?.unref();
  }
}

function lost(pid: number): never {
  throw new ProcrefError(
    "closed",
    `The thread that started child ${pid} ended, and the child's status with it`,
  );
}

/** A shared child from what a group launched. */
export function sharedChild(launched: Launched): SharedChild {
  return create(launched);
}

/**
 * Asks a child to end: by a signal, on Windows by its own event if it listens for that.
 *
 * @returns False once it has ended.
 * @throws {SystemError} It may not be signalled (EPERM).
 */
export function askChild(child: SharedChild, signal: SignalName): boolean {
  return ask(child, checkSignal(signal));
}
