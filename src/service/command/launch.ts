import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { PermissionError, ProcrefError } from "../../../ffi/errors.ts";
import { withoutInheritance } from "../../file/descriptors.ts";
import { close, OPEN, open, openOwn, statusAt, statusOf } from "../../file/posix.ts";
import { quote } from "../../name.ts";
import { signalName } from "../../process/signals.ts";
import { which } from "../../process/which.ts";
import { checkLog } from "../../ready/line.ts";
import { freePort } from "../../ready/port.ts";
import { runtime } from "../../runtime/mod.ts";
import type { LaunchContext } from "../definition.ts";
import { TOKEN_VARIABLE } from "../turn.ts";
import type { ServiceInfo } from "../types.ts";
import { untilReady } from "../../ready/program.ts";
import type { CommandServiceOptions } from "./types.ts";

// The launcher notes who it is, by its own /proc/PID/stat or by ps(1), before it becomes the program: pid and start time stay
// the same through exec. Should the starter die right now, that note is how the program is found. It is a grandchild:
// `bun test --isolate` and `--parallel` send SIGTERM to the children of each test file at its end. The shell between
// gives the exit code; in a subshell that it waits for, no signal is ignored, as SIGINT would be after `&`.
// Arguments come with a `=` before them: Deno's node:child_process inserts `run -A` after one that is its own path.
// In a subshell $$ is not its own pid: a shell that it starts knows its parent's.
const NOTE = runtime.platform === "darwin"
  ? `pid=$(exec sh -c 'echo $PPID')
  stat="$pid $(LC_ALL=C TZ=UTC0 /bin/ps -o lstart= -p "$pid")"`
  : "read -r stat </proc/self/stat";
const LAUNCHER_SCRIPT = `exec 4>&2 2>/dev/null
(
  ${NOTE}
  echo "$stat" >&3
  echo "\${stat%% *}"
  for argument do set -- "$@" "\${argument#=}"; shift; done
  exec >&4 2>&4 3>&- 4>&-
  exec "$@"
)
exit $?`;

// Another system's way is loaded only there.
const windows = runtime.platform === "windows" ? await import("./launch_windows.ts") : undefined;

/** Launches a service's program and waits until it is ready. */
export async function launchCommand(
  name: string,
  options: CommandServiceOptions,
  context: LaunchContext,
): Promise<ServiceInfo> {
  try {
    if (windows !== undefined) return await windows.launchOnWindows(name, options, context);
    return await launch(options, context);
  } catch (error) {
    // Deno's refusals name the flag that is missing.
    if (!(error instanceof Error) || error.name !== "NotCapable") throw error;
    throw new PermissionError(`Launching a service: ${error.message}`, { cause: error });
  }
}

async function launch(
  options: CommandServiceOptions,
  context: LaunchContext,
): Promise<ServiceInfo> {
  const { tokenDescriptor } = context;
  if (tokenDescriptor === undefined) throw new Error("A launcher needs the token file");
  const port = options.port === "free" ? freePort() : options.port;
  const fill = (text: string) => port === undefined ? text : text.replaceAll("{port}", `${port}`);
  const environment = environmentOf(options, context, port, fill);
  const command = options.command.map(fill);
  findProgram(command, options.cwd, environment["PATH"]);
  const log = options.log ?? context.log;
  if (options.log !== undefined && options.ready?.line !== undefined) checkLog(log);
  const output = options.log === undefined
    ? openOwn(log, OPEN.writeOnly | OPEN.append)
    : open(log, OPEN.writeOnly | OPEN.create | OPEN.append);
  const from = statusOf(output).size;
  try {
    const child = withoutInheritance(() =>
      spawn("/bin/sh", [
        "-c",
        LAUNCHER_SCRIPT,
        "procref-launcher",
        ...command.map((word) => `=${word}`),
      ], {
        cwd: options.cwd,
        env: environment,
        ...(options.uid === undefined ? {} : { uid: options.uid }),
        ...(options.gid === undefined ? {} : { gid: options.gid }),
        detached: true,
        stdio: ["ignore", "pipe", output, tokenDescriptor],
      })
    );
    const exit = exitOf(child);
    const pid = await firstNumber(child);
    if (pid === undefined) throw failure(command, await exit);
    child.unref();
    const info: ServiceInfo = { pid, ...(port === undefined ? {} : { port }) };
    await untilReady(command, options.ready, fill, { info, log, from, exit }, context.signal);
    return info;
  } finally {
    close(output);
  }
}

/** The number that the launcher prints: its pid, which becomes the program's. Undefined if it could not start. */
async function firstNumber({ stdout }: ChildProcess): Promise<number | undefined> {
  if (stdout === null) return undefined;
  let text = "";
  try {
    for await (const piece of stdout) {
      text += piece;
      if (text.includes("\n")) break; // this also closes the pipe
    }
  } catch {
    return undefined; // the stream of a launcher that may not be started; its "error" event tells why
  }
  return text.includes("\n") ? Number(text) : undefined;
}

function failure(command: readonly string[], how: string | Error): Error {
  return how instanceof Error
    ? how
    : new ProcrefError("start_failed", `The launcher of ${quote(command[0] ?? "")} ${how}`);
}

/** Resolves with what went wrong, when the program ends or cannot be run. */
function exitOf(child: ChildProcess): Promise<string | Error> {
  const exit = once(child, "exit").then(([code, signal]) => {
    // Above 128 a shell tells of the signal that ended the program.
    const name = signalName((code ?? 0) - 128);
    return name === undefined ? `exited with code ${code ?? signal}` : `was ended by ${name}`;
  });
  return exit.catch((error: unknown) => error instanceof Error ? error : new Error(String(error)));
}

function environmentOf(
  options: CommandServiceOptions,
  context: LaunchContext,
  port: number | undefined,
  fill: (text: string) => string,
): Record<string, string> {
  const own = Object.entries(options.env ?? {}).map(([name, value]) => [name, fill(value)]);
  return {
    ...runtime.environment(),
    ...(port === undefined ? {} : { PORT: `${port}` }),
    ...Object.fromEntries(own),
    [TOKEN_VARIABLE]: context.token,
  };
}

/** A program that is not there is told at once, and by name, not by the shell's exit code. */
function findProgram(command: readonly string[], cwd: string | undefined, path = ""): void {
  if (cwd !== undefined && !statusAt(cwd, "follow")?.directory) {
    throw new ProcrefError("not_found", `The working directory ${quote(cwd)} is not there`);
  }
  const [program = ""] = command;
  if (which(program, { path, ...(cwd === undefined ? {} : { cwd }) }) !== undefined) return;
  const where = program.includes("/") ? "" : ` in ${path}`;
  throw new ProcrefError("not_found", `No program ${quote(program)}${where}`);
}
