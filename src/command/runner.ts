import type { ExitStatus, SpawnOptions } from "../child/mod.ts";
import type { ProcessGroup } from "../group/process_group.ts";
import type { SignalName } from "../process/signals.ts";
import type { CommandOutput, LineHandler, RunEvent } from "./types.ts";

/** What is written to standard input, which is then closed. A stream is read once. */
export type StdinInput =
  | { readonly bytes: Uint8Array }
  | { readonly file: string }
  | { readonly stream: ReadableStream<Uint8Array> };

/** What `SpawnOptions` has that only the system can do. */
export type LaunchAttributes = Omit<
  SpawnOptions,
  "args" | "cwd" | "env" | "clearEnv" | "stdin" | "stdout" | "stderr"
>;

/** One run, for a runner: immutable, checked, every default filled in. */
export interface CommandRequest {
  /** A name to be looked up, or a path. */
  readonly program: string;
  /** The arguments after the program's name. */
  readonly args: readonly string[];
  /** The working directory; undefined: this process's. */
  readonly cwd: string | undefined;
  /** Variables that are set, on top of what is inherited. */
  readonly env: Readonly<Record<string, string>>;
  /** Which variables of this process are inherited: `"all"`, or only these. */
  readonly inheritEnv: "all" | readonly string[];
  /** Variables that are not inherited. */
  readonly unsetEnv: readonly string[];
  /** With `input` it is `"piped"`. */
  readonly stdin: "null" | "inherit" | "piped";
  /** What `collect()` writes to standard input: a runner need not, but may look at it. */
  readonly input: StdinInput | undefined;
  /** What standard output is connected to. */
  readonly stdout: "piped" | "inherit" | "null";
  /** What standard error is connected to; `"stdout"`: to whatever standard output is. */
  readonly stderr: "piped" | "inherit" | "null" | "stdout";
  /** User, session, priorities and the like. */
  readonly attributes: LaunchAttributes;
  /** The group to run in; undefined: a private one. */
  readonly group: ProcessGroup | undefined;
  /** The command as a shell would take it: for messages and logs. */
  readonly commandLine: string;
  /** What is done with the output, and how long it may take: for `collect()`. */
  readonly capture: Capture;
}

/** How one output stream is treated. */
export interface StreamCapture {
  /** A copy of the bytes goes there. */
  readonly tee: WritableStream<Uint8Array> | undefined;
  /** All bytes go there, and none are kept. */
  readonly file: { readonly path: string; readonly append: boolean } | undefined;
  /** Gets each line. */
  readonly onLine: LineHandler | undefined;
  /** A label of the WHATWG Encoding Standard. */
  readonly encoding: string;
}

/** How a run's output is collected, and when it is ended. */
export interface Capture {
  /** What is done with standard output. */
  readonly stdout: StreamCapture;
  /** What is done with standard error. */
  readonly stderr: StreamCapture;
  /** Invalid text is an error. */
  readonly fatal: boolean;
  /** Lines kept of each stream; `Infinity`: all. */
  readonly maxLines: number;
  /** Bytes kept of each stream; `Infinity`: all. */
  readonly maxBytes: number;
  /** Characters of a line that a line handler or reader gets; `Infinity`: all. `overflow` tells what happens to more. */
  readonly longestLine: number;
  /** What happens to more. */
  readonly overflow: "drop-oldest" | "drop-newest" | "error";
  /** Milliseconds until the run is ended; `Infinity`: no limit. */
  readonly timeout: number;
  /** What is sent first. */
  readonly timeoutSignal: SignalName;
  /** Milliseconds from that to SIGKILL; 0: SIGKILL at once. */
  readonly timeoutGrace: number;
  /** Milliseconds without output until the run is ended; `Infinity`: no limit. */
  readonly inactivityTimeout: number;
  /** Cancels the run. */
  readonly signal: AbortSignal | undefined;
  /** Is told what happens. */
  readonly onEvent: ((event: RunEvent) => void) | undefined;
  /** Codes that are success. */
  readonly okCodes: readonly number[];
}

/** What a process has used so far. */
export interface ProcessUsage {
  /** CPU time in milliseconds. */
  readonly cpuTime: number;
  /** The most resident memory, in bytes. */
  readonly peakMemory: number;
}

/** A process that runs, or pretends to. Everything that `RunningProcess` offers is built on this. */
export interface StartedProcess {
  /** The process id. */
  readonly pid: number;
  /** As in `ProcessIdentity`. */
  readonly startTime: string;
  /** Piped standard input; undefined if it is not piped. */
  readonly stdin: WritableStream<Uint8Array> | undefined;
  /** Piped output, read by one reader; undefined if it is not piped. */
  readonly stdout: ReadableStream<Uint8Array> | undefined;
  /** The same for standard error. */
  readonly stderr: ReadableStream<Uint8Array> | undefined;
  /** How the process itself ended. It never rejects for a process that started. */
  readonly status: Promise<ExitStatus>;
  /** Sends a signal to the process alone. @returns False once it has ended. */
  signal(signal: SignalName): boolean;
  /**
   * Sends a signal to everything of this run: in a private group all its members, in a group of the user's the
   * process alone. On Windows who listens is asked in its place, unless it is SIGKILL.
   */
  signalAll(signal: SignalName): void;
  /** What the process has used; after its end as last seen. */
  usage(): ProcessUsage;
  /** Kills what is left of this run, and gives everything back. Any number of times. */
  close(): Promise<void>;
}

/** What a runner of one's own may answer for a whole run: text instead of bytes is welcome. */
export type RunnerOutput = Omit<CommandOutput<Uint8Array | string>, "toJSON">;

/** Who runs commands. The real one is `SystemRunner`; tests bring others. */
export interface ProcessRunner {
  /** Runs to the end. `collect(await this.start(request), request)` does it for any runner that has `start`. */
  output(request: CommandRequest): Promise<RunnerOutput>;
  /** Starts it. @throws {ProcrefError} `not_found` and the like. */
  start(request: CommandRequest): Promise<StartedProcess>;
}
