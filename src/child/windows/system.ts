// A process handle from the moment of birth: the pid is nobody else's as long as it is open, and the exit code can be
// asked for at any time (Microsoft, "Process Handles and Identifiers").

import {
  PermissionError,
  ProcrefError,
  SystemError,
  UnsupportedError,
} from "../../../ffi/errors.ts";
import {
  closeHandle,
  CURRENT_PROCESS,
  HandleSlot,
  objects,
  succeeded,
} from "../../../ffi/windows/ntdll.ts";
import { isSignaled, whenSignaled } from "../../../ffi/windows/poller.ts";
import { hresult, WIN32 } from "../../../ffi/windows/status.ts";
import type { Waiting } from "../../../ffi/types.ts";
import { absolute, isDirectory, isFile, whichOnWindows } from "../../process/which_windows.ts";
import {
  exitCodeOf,
  HeldByHandle,
  openProcess,
  PROCESS_RIGHTS,
  signalOf,
} from "../../process/windows.ts";
import type { ChildOrder, Ending, RuntimeChild } from "../../runtime/children/mod.ts";
import { initialEnvironment } from "../../runtime/process_files.ts";
import { absolutePathOf } from "../../file/path_windows.ts";
import { pathOf } from "../../check.ts";
import type { SpawnOptions } from "../options.ts";
import type { StatusWords } from "../status.ts";
import type { ChildSystem, Preparation } from "../system.ts";
import { type Born, createChild, createProcess } from "./create.ts";
import { openNowhere, readableOf, type Transfer, writableOf } from "./pipe.ts";

const SAME_ACCESS = 2;
const INHERITABLE = 2;
const MOST_CPUS = 64; // of a processor group

function duplicate(handle: number, attributes = 0): number {
  const slot = new HandleSlot();
  const { NtDuplicateObject } = objects();
  succeeded(
    NtDuplicateObject(
      CURRENT_PROCESS,
      handle,
      CURRENT_PROCESS,
      slot.bytes,
      0,
      attributes,
      SAME_ACCESS,
    ),
    "NtDuplicateObject",
  );
  return slot.value;
}

function peek(_pid: number, handle: number): StatusWords | undefined {
  if (!isSignaled(handle)) return undefined;
  const code = exitCodeOf(handle);
  const signal = signalOf(code);
  return signal === 0 ? [code | 0, 0] : [-1, signal];
}

/** Refuses what Windows has nothing for. */
function checkPreparation({ attributes, umask }: Preparation, order: ChildOrder): void {
  const { ioPriority, rlimits, affinity } = attributes;
  const asked = { umask, ioPriority, rlimits, uid: order.uid, gid: order.gid };
  for (const [name, value] of Object.entries(asked)) {
    if (value !== undefined) throw new UnsupportedError(`The option ${name}`, "windows");
  }
  if (affinity?.some((cpu) => cpu >= MOST_CPUS)) {
    throw new UnsupportedError(`A CPU above ${MOST_CPUS - 1}`, "windows");
  }
  checkProgram(order.path);
}

function checkProgram(path: string): void {
  if (!/\.(bat|cmd)$/i.test(path)) return;
  // cmd.exe would read the arguments by rules of its own, and run what stands in them.
  throw new UnsupportedError(`Starting the batch file ${path} without cmd.exe`, "windows");
}

function spawn(order: ChildOrder, preparation: Preparation): RuntimeChild {
  checkPreparation(preparation, order);
  try {
    return new WindowsChild(createChild(order, preparation));
  } catch (error) {
    throw explained(error, order.path);
  }
}

const BREAKAWAY_FROM_JOB = 0x1000000;
const NEW_PROCESS_GROUP = 0x200;

/**
 * Makes the process of a daemon, which stands still: with nothing to read, without a window, out of reach of what its
 * launcher's console is told, and in none of its launcher's jobs that lets it go, but in one of our own.
 *
 * @throws {PermissionError | SystemError | UnsupportedError}
 */
export function createDaemon(
  order: Pick<ChildOrder, "path" | "args" | "cwd" | "env">,
  job: number,
  output: number,
): { pid: number; process: number } {
  const apart = { clearEnv: true, suspended: true };
  try {
    return startInJob(order, job, output, {
      ...apart,
      flags: NEW_PROCESS_GROUP | BREAKAWAY_FROM_JOB,
    });
  } catch (error) {
    if (!(error instanceof PermissionError)) throw error;
    return startInJob(order, job, output, { ...apart, flags: NEW_PROCESS_GROUP });
  }
}

/**
 * Starts a program inside a job, with nothing to read, without a window, and with a file for its output.
 *
 * @throws {PermissionError | SystemError | UnsupportedError}
 */
export function startInJob(
  { path, args, cwd, env }: Pick<ChildOrder, "path" | "args" | "cwd" | "env">,
  job: number,
  output: number,
  { clearEnv = false, ...how }: { clearEnv?: boolean; suspended?: boolean; flags?: number } = {},
): { pid: number; process: number } {
  checkProgram(path);
  const order = { path, args, cwd, env, argv0: undefined, clearEnv, newSession: false };
  const attributes = { priority: undefined, ioPriority: undefined, affinity: undefined };
  const nowhere = openNowhere();
  // The kernel refuses a list that names a handle twice.
  const errors = duplicate(output, INHERITABLE);
  try {
    return createProcess(
      { ...order, windowsHide: true },
      {
        attributes: { ...attributes, rlimits: undefined },
        umask: undefined,
        cgroup: undefined,
        job,
        ...how,
      },
      [nowhere, output, errors],
    );
  } catch (error) {
    throw explained(error, path);
  } finally {
    closeHandle(nowhere);
    closeHandle(errors);
  }
}

function explained(error: unknown, path: string): unknown {
  if (!(error instanceof SystemError) || error.syscall !== "CreateProcessW") return error;
  const cause = { cause: error };
  switch (error.errno) {
    case hresult(WIN32.ERROR_FILE_NOT_FOUND):
    case hresult(WIN32.ERROR_PATH_NOT_FOUND):
      return new ProcrefError("not_found", `${path} cannot be started: it is not there`, cause);
    case hresult(WIN32.ERROR_ACCESS_DENIED):
    case hresult(WIN32.ERROR_ELEVATION_REQUIRED):
      return new PermissionError(`The system refuses to start ${path}: ${error.message}`, cause);
  }
  return error;
}

const forgotten = new FinalizationRegistry<number>(closeHandle);

/** A child of ours. Its end is waited for only while somebody wants it: nothing is left to be reaped. */
class WindowsChild implements RuntimeChild {
  readonly pid: number;
  readonly ended: Promise<Ending>;
  readonly #process: number;
  readonly #streams: Pick<Born, "stdin" | "stdout" | "stderr">;
  readonly #end: (ending: Ending) => void;
  #waiting: Waiting | undefined;
  #over = false;

  constructor({ pid, process, ...streams }: Born) {
    this.pid = pid;
    this.#process = process;
    this.#streams = streams;
    const { promise, resolve } = Promise.withResolvers<Ending>();
    this.ended = promise;
    this.#end = resolve;
    forgotten.register(this, process, this);
  }

  reaped(): boolean {
    return false;
  }

  stdin(): WritableStream<Uint8Array> | undefined {
    return stream(this.#streams.stdin, writableOf);
  }

  stdout(): ReadableStream<Uint8Array> | undefined {
    return stream(this.#streams.stdout, readableOf);
  }

  stderr(): ReadableStream<Uint8Array> | undefined {
    return stream(this.#streams.stderr, readableOf);
  }

  ref(): void {
    if (this.#waiting !== undefined || this.#over) return;
    const waiting = whenSignaled(this.#process);
    this.#waiting = waiting;
    void waiting.done.then((signaled) => signaled && this.#finish());
  }

  #finish(): void {
    if (this.#over) return;
    this.#over = true;
    forgotten.unregister(this);
    closeHandle(this.#process);
    // The code is read by the caller's own handle.
    this.#end({ code: null, signal: null });
  }

  unref(): void {
    this.#waiting?.cancel();
    this.#waiting = undefined;
  }

  /** Another handle of the process, which is the caller's. */
  handle(): number {
    return duplicate(this.#process);
  }
}

function stream<T>(pipe: Transfer | undefined, make: (pipe: Transfer) => T): T | undefined {
  return pipe === undefined ? undefined : make(pipe);
}

function findProgram(program: string | URL, options: SpawnOptions, cwd?: string): string {
  const name = pathOf(program, "The program");
  const path = searchPath(options);
  const from = cwd === undefined ? {} : { cwd };
  const found = whichOnWindows(name, { ...from, path });
  if (found !== undefined) return found;
  const target = absolute(name, cwd ?? ".");
  if (/[\\/:]/.test(name) && isFile(target)) return target;
  if (/[\\/:]/.test(name) && isDirectory(target)) {
    throw new PermissionError(`The program ${JSON.stringify(name)} is a directory`);
  }
  const where = /[\\/:]/.test(name) ? "" : ` in PATH: ${path}`;
  throw new ProcrefError("not_found", `No program ${JSON.stringify(name)}${where}`);
}

/** The PATH of the child; without one, where the programs of Windows are. */
function searchPath({ env, clearEnv }: SpawnOptions): string {
  const own = Object.entries(initialEnvironment());
  const all = [...(clearEnv ? [] : own), ...Object.entries(env ?? {})];
  const system = valueOf(own, "SYSTEMROOT") ?? "C:\\Windows";
  return valueOf(all, "PATH") ?? `${system}\\System32;${system}`;
}

function valueOf(
  variables: readonly (readonly [string, string])[],
  name: string,
): string | undefined {
  return variables.findLast(([key]) => key.toUpperCase() === name)?.[1];
}

function checkDirectory(cwd: string | URL): string {
  const path = absolutePathOf(cwd, "The working directory");
  if (isDirectory(path)) return path;
  const problem = isFile(path) ? "is no directory" : "is not there";
  throw new ProcrefError(
    "not_found",
    `The working directory ${problem}: ${JSON.stringify(path)}`,
  );
}

/** Windows, from 10 on. */
export const windows: ChildSystem = {
  open: (pid) => openProcess(pid, PROCESS_RIGHTS.queryLimited | PROCESS_RIGHTS.synchronize),
  handleOf: (child) => child instanceof WindowsChild ? child.handle() : undefined,
  duplicate: (handle) => duplicate(handle),
  held: (pid, handle) => new HeldByHandle(pid, handle),
  remembersEnd: true,
  peek,
  spawn,
  prepare: (order) => ({ order, gate: false }),
  admit: () => {},
  findProgram,
  namedProgram: findProgram,
  checkDirectory,
  checkProgram: () => {},
};
