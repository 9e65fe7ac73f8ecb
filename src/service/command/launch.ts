import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { PermissionError, ProcrefError } from "../../../ffi/errors.ts";
import { withoutInheritance } from "../../file/descriptors.ts";
import { close, OPEN, open, statusAt, statusOf } from "../../file/posix.ts";
import { quote } from "../../name.ts";
import { which } from "../../process/which.ts";
import { runtime } from "../../runtime/mod.ts";
import type { LaunchContext } from "../definition.ts";
import { TOKEN_VARIABLE } from "../token.ts";
import type { ServiceInfo } from "../types.ts";
import { freePort } from "./port.ts";
import { untilReady } from "./ready.ts";
import type { CommandServiceOptions } from "./types.ts";

// The launcher notes who it is, by its own /proc/PID/stat, before it becomes the program: pid and start time stay
// the same through exec. Should the starter die right now, that note is how the program is found.
const LAUNCHER_SCRIPT = 'read -r stat </proc/$$/stat; echo "$stat" >&3; exec 3>&-; exec "$@"';

/** Launches a service's program and waits until it is ready. */
export async function launchCommand(
  options: CommandServiceOptions,
  context: LaunchContext,
): Promise<ServiceInfo> {
  try {
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
  const port = options.port === "free" ? freePort() : options.port;
  const fill = (text: string) => port === undefined ? text : text.replaceAll("{port}", `${port}`);
  const environment = environmentOf(options, context, port, fill);
  const command = options.command.map(fill);
  findProgram(command, options.cwd, environment["PATH"]);
  const log = options.log ?? context.log;
  const output = open(log, OPEN.writeOnly | OPEN.create | OPEN.append, 0o600);
  const from = statusOf(output).size;
  try {
    const child = withoutInheritance(() =>
      spawn("/bin/sh", ["-c", LAUNCHER_SCRIPT, "procref-launcher", ...command], {
        cwd: options.cwd,
        env: environment,
        ...(options.uid === undefined ? {} : { uid: options.uid }),
        ...(options.gid === undefined ? {} : { gid: options.gid }),
        detached: true,
        stdio: ["ignore", output, output, context.tokenDescriptor],
      })
    );
    const exit = exitOf(child);
    const { pid } = child;
    if (pid === undefined) throw await exit;
    child.unref();
    const info: ServiceInfo = { pid, ...(port === undefined ? {} : { port }) };
    await untilReady(command, options.ready, fill, { info, log, from, exit }, context.signal);
    return info;
  } finally {
    close(output);
  }
}

/** Resolves with what went wrong, when the program ends or cannot be run. */
function exitOf(child: ChildProcess): Promise<string | Error> {
  const exit = once(child, "exit").then(([code, signal]) =>
    code === null ? `was ended by ${signal}` : `exited with code ${code}`
  );
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
