/**
 * Commands: run a program, have its output, and be sure that nothing of it is left.
 *
 * Importing this touches nothing; in Deno the calls need `--allow-ffi` and `--allow-run` of the programs.
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
export type { Backoff } from "./backoff.ts";
export { CliClient, type CliClientOptions } from "./cli_client.ts";
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
export type { LineMatch } from "../ready/line.ts";
export { Pipeline, type PipelineOptions, type Stage } from "./pipeline.ts";
export {
  type IndexedOutput,
  outputAll,
  type OutputAllOptions,
  outputStream,
} from "./output_all.ts";
export { type RecordedCall, RecordingRunner } from "./recording_runner.ts";
export { ReplayRunner } from "./replay_runner.ts";
export { reportText } from "./report.ts";
export type { Answer, LinesReply, OutputReply, Reply, ReplyEnding } from "./reply.ts";
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
export { ScriptedRunner } from "./scripted_runner.ts";
export type { StormGuard } from "./storm.ts";
export type {
  HealthCheck,
  StopReason,
  SupervisionEvent,
  SupervisionOutcome,
  SupervisorOptions,
} from "./supervision.ts";
export { Supervisor } from "./supervisor.ts";
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
export { type Ending, waitAll, waitAny } from "./wait_all.ts";
