/**
 * Commands: run a program, have its output, and be sure that nothing of it is left.
 *
 * Importing this touches nothing; in Deno the calls need `--allow-run`, `--allow-env` and `--allow-ffi`.
 *
 * @example
 * ```ts
 * import { Command } from "@procref/procref/command";
 *
 * const { stdout, code } = await new Command("sh", { args: ["-c", "echo hello"] }).output();
 * console.log(stdout, code); // "hello\n" 0
 * ```
 *
 * @module
 */

export * from "../../ffi/errors.ts";
// As types only: a program whose commands are scripted loads no system.
export type * from "../group/mod.ts";
export { collect } from "./collect.ts";
export { Command } from "./command.ts";
export {
  CommandError,
  CommandTimeoutError,
  type FailureDetails,
  type FailureReport,
  isNotFound,
  isPermissionDenied,
  isTransient,
  NotReadyError,
} from "./errors.ts";
export type { LineMatch } from "./line_reader.ts";
export { Pipeline, type PipelineOptions, type Stage } from "./pipeline.ts";
export type {
  Capture,
  CommandRequest,
  LaunchAttributes,
  ProcessRunner,
  ProcessUsage,
  RunnerOutput,
  StartedProcess,
  StdinInput,
  StreamCapture,
} from "./runner.ts";
export { RunningProcess } from "./running.ts";
export type { OutputEvent } from "./tagged.ts";
export { SystemRunner } from "./system_runner.ts";
export type {
  BufferOptions,
  CommandOptions,
  CommandOutput,
  CommandReport,
  LineHandler,
  OutputOption,
  RetryOptions,
  RunEvent,
  RunOptions,
  RunProfile,
  StdinOption,
} from "./types.ts";
