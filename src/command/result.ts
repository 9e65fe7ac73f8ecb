import type { SignalName } from "../process/signals.ts";
import { decode, InvalidEncoding } from "./decode.ts";
import { CommandError, detailsOf } from "./errors.ts";
import type { CommandRequest, RunnerOutput } from "./runner.ts";
import type { CommandOutput, CommandReport } from "./types.ts";

/** An output with its JSON form. */
export class CommandResult<T extends Uint8Array | string> implements CommandOutput<T> {
  readonly stdout: T;
  readonly stderr: T;
  readonly code: number | null;
  readonly signal: SignalName | null;
  readonly success: boolean;
  readonly timedOut: boolean;
  readonly truncated: boolean;
  readonly duration: number;

  constructor(output: Omit<CommandOutput<T>, "toJSON">) {
    this.stdout = output.stdout;
    this.stderr = output.stderr;
    this.code = output.code;
    this.signal = output.signal;
    this.success = output.success;
    this.timedOut = output.timedOut;
    this.truncated = output.truncated;
    this.duration = output.duration;
  }

  toJSON(): CommandReport {
    const { stdout, stderr, code, signal, success, timedOut, truncated, duration } = this;
    const text = (value: Uint8Array | string) =>
      typeof value === "string" ? value : new TextDecoder().decode(value);
    return {
      stdout: text(stdout),
      stderr: text(stderr),
      code,
      signal,
      success,
      timedOut,
      truncated,
      duration,
    };
  }
}

/** A runner's output as bytes. */
export function bytesResult(output: RunnerOutput): CommandResult<Uint8Array> {
  const bytes = (value: Uint8Array | string) =>
    typeof value === "string" ? new TextEncoder().encode(value) : value;
  return new CommandResult({
    ...output,
    stdout: bytes(output.stdout),
    stderr: bytes(output.stderr),
  });
}

/** A runner's output as text. @throws {CommandError} `encoding`: it is invalid, and that is an error. */
export function textResult(output: RunnerOutput, request: CommandRequest): CommandResult<string> {
  const { fatal, stdout, stderr } = request.capture;
  const text = (value: Uint8Array | string, label: string) =>
    typeof value === "string" ? value : decode(value, label, fatal, output.truncated);
  try {
    return new CommandResult({
      ...output,
      stdout: text(output.stdout, stdout.encoding),
      stderr: text(output.stderr, stderr.encoding),
    });
  } catch (error) {
    if (!(error instanceof InvalidEncoding)) throw error;
    const message = `\`${request.program}\` wrote what is not valid ${error.label}`;
    throw new CommandError("encoding", message, detailsOf(request, output));
  }
}
