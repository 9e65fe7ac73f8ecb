import { pathOf } from "../check.ts";
import { shellQuoted } from "./quote.ts";
import type { Capture, CommandRequest, LaunchAttributes, StreamCapture } from "./runner.ts";
import { inputOf } from "./stdin.ts";
import type { CommandOptions, OutputOption } from "./types.ts";

const GRACE = 2000; // ms
const SUCCESS = [0];

/**
 * Fills in all defaults for one run.
 *
 * @param change What is captured otherwise than the options say.
 * @throws {ProcrefError} `closed`: stdin has been read by an earlier run.
 */
export function requestOf(
  program: string,
  options: CommandOptions,
  signal: AbortSignal | undefined,
  change: Partial<Capture> = {},
): CommandRequest {
  const { stdin = "null", stdout = "piped", stderr = "piped", args = [] } = options;
  const { encoding = "utf-8", stdoutEncoding = encoding, stderrEncoding = encoding } = options;
  const { teeStdout, teeStderr, onStdoutLine, onStderrLine, inheritEnv, clearEnv } = options;
  const input = inputOf(stdin);
  return {
    program,
    args,
    cwd: options.cwd === undefined ? undefined : pathOf(options.cwd, "The working directory"),
    env: options.env ?? {},
    inheritEnv: inheritEnv ?? (clearEnv ? [] : "all"),
    unsetEnv: options.unsetEnv ?? [],
    stdin: typeof stdin === "string" ? stdin : "piped",
    input,
    stdout: typeof stdout === "string" ? stdout : "piped",
    stderr: typeof stderr === "string" ? stderr : "piped",
    attributes: attributesOf(options),
    group: options.group,
    commandLine: shellQuoted([program, ...args]),
    capture: {
      stdout: streamOf(stdout, teeStdout, onStdoutLine, stdoutEncoding),
      stderr: streamOf(stderr, teeStderr, onStderrLine, stderrEncoding),
      fatal: options.fatal ?? false,
      maxLines: options.buffer?.maxLines ?? Infinity,
      maxBytes: options.buffer?.maxBytes ?? Infinity,
      longestLine: options.buffer?.maxBytes ?? Infinity,
      overflow: options.buffer?.overflow ?? "drop-oldest",
      timeout: options.timeout ?? Infinity,
      timeoutSignal: options.timeoutSignal ?? "SIGTERM",
      timeoutGrace: options.timeoutGrace ?? (options.timeoutSignal === undefined ? 0 : GRACE),
      inactivityTimeout: options.inactivityTimeout ?? Infinity,
      signal,
      onEvent: options.onEvent,
      okCodes: options.okCodes ?? SUCCESS,
      ...change,
    },
  };
}

function streamOf(
  output: OutputOption | "stdout",
  tee: StreamCapture["tee"],
  onLine: StreamCapture["onLine"],
  encoding: string,
): StreamCapture {
  const file = typeof output === "string"
    ? undefined
    : { path: pathOf(output.file, "An output file"), append: output.append ?? false };
  return { tee, file, onLine, encoding };
}

const ATTRIBUTES = [
  "uid",
  "gid",
  "newSession",
  "windowsHide",
  "argv0",
  "umask",
  "priority",
  "ioPriority",
  "affinity",
  "rlimits",
] as const satisfies readonly (keyof LaunchAttributes)[];

function attributesOf(options: CommandOptions): LaunchAttributes {
  const given: Partial<Record<keyof LaunchAttributes, unknown>> = {};
  for (const name of ATTRIBUTES) {
    if (options[name] !== undefined) given[name] = options[name];
  }
  return given as LaunchAttributes;
}
