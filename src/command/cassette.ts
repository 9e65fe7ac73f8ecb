// The file format of recorded runs: JSON with a version. It holds names of environment variables and never a value,
// and of standard input only a digest.

import { ProcrefError } from "../../ffi/errors.ts";
import type { SignalName } from "../process/signals.ts";

/** What tells one run from another. */
export interface RunKey {
  readonly program: string;
  readonly args: readonly string[];
  /** As it was given; null: where the recording process was. */
  readonly cwd: string | null;
  /** `sha256:` and the digest of what it was given to read; else null. */
  readonly stdin: string | null;
}

/** A run that is over. */
export interface RecordedRun extends RunKey {
  /** The names of the variables that were set. They are told to readers, and not compared. */
  readonly environment: readonly string[];
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
  readonly code: number | null;
  readonly signal: SignalName | null;
  readonly timedOut: boolean;
  readonly truncated: boolean;
  /** It did not end by itself. */
  readonly interrupted: boolean;
  /** Milliseconds. */
  readonly duration: number;
}

const FORMAT = "procref cassette";
const VERSION = 1;

/** A run's key as one text. */
export function textOfKey({ program, args, cwd, stdin }: RunKey): string {
  return JSON.stringify([program, args, cwd, stdin]);
}

/** The file's text. */
export function encodeCassette(runs: readonly RecordedRun[]): string {
  const plain = runs.map((run) => ({
    ...run,
    stdout: encodeContent(run.stdout),
    stderr: encodeContent(run.stderr),
  }));
  return `${JSON.stringify({ format: FORMAT, version: VERSION, runs: plain }, undefined, 2)}\n`;
}

/** The runs in a file's text. @throws {ProcrefError} `corrupt`: it is no cassette of this version. */
export function decodeCassette(text: string, path: string): RecordedRun[] {
  try {
    const { format, version, runs } = objectOf(JSON.parse(text), "It");
    if (format !== FORMAT) throw new Error("It is no cassette");
    if (version !== VERSION) {
      throw new Error(`Its version is ${String(version)}, and this procref reads ${VERSION}`);
    }
    return arrayOf(runs, "Its runs").map(decodeRun);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ProcrefError("corrupt", `The cassette ${path} can't be read: ${why}`);
  }
}

function decodeRun(value: unknown, index: number): RecordedRun {
  const what = `Run ${index}`;
  const run = objectOf(value, what);
  const { code, signal, duration, cwd, stdin } = run;
  if ((code === null) === (signal === null)) {
    throw new Error(`${what} ended by a code or by a signal, one of the two`);
  }
  if (typeof duration !== "number" || !(duration >= 0)) throw new Error(`${what} has no duration`);
  return {
    program: textOf(run["program"], `${what}'s program`),
    args: textsOf(run["args"], `${what}'s args`),
    cwd: cwd === null ? null : textOf(cwd, `${what}'s cwd`),
    stdin: stdin === null ? null : textOf(stdin, `${what}'s stdin`),
    environment: textsOf(run["environment"], `${what}'s environment`),
    stdout: decodeContent(run["stdout"], `${what}'s stdout`),
    stderr: decodeContent(run["stderr"], `${what}'s stderr`),
    code: code === null ? null : codeOf(code, `${what}'s code`),
    signal: signal === null ? null : signalOf(signal, `${what}'s signal`),
    timedOut: run["timedOut"] === true,
    truncated: run["truncated"] === true,
    interrupted: run["interrupted"] === true,
    duration,
  };
}

// Text stays readable in the file; what is not valid UTF-8 is kept byte by byte.
type Content = string | { readonly base64: string };

function encodeContent(bytes: Uint8Array): Content {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return { base64: btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")) };
  }
}

function decodeContent(value: unknown, what: string): Uint8Array {
  if (typeof value === "string") return new TextEncoder().encode(value);
  const binary = atob(textOf(objectOf(value, what)["base64"], `${what}'s base64`));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

function objectOf(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null) return { ...value };
  throw new Error(`${what} is no object`);
}

function arrayOf(value: unknown, what: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new Error(`${what} are no list`);
}

function textOf(value: unknown, what: string): string {
  if (typeof value === "string") return value;
  throw new Error(`${what} is no text`);
}

function textsOf(value: unknown, what: string): string[] {
  return arrayOf(value, what).map((one) => textOf(one, `One of ${what}`));
}

function codeOf(value: unknown, what: string): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= 0) return value;
  throw new Error(`${what} is no exit code`);
}

function signalOf(value: unknown, what: string): SignalName {
  if (isSignal(value)) return value;
  throw new Error(`${what} is no signal`);
}

/** Of any system: a cassette travels. */
function isSignal(value: unknown): value is SignalName {
  return typeof value === "string" && /^SIG[A-Z0-9]+$/.test(value);
}
