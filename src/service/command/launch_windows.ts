import { closeHandle } from "../../../ffi/windows/ntdll.ts";
import { whenSignaled } from "../../../ffi/windows/poller.ts";
import { startInJob, windows as children } from "../../child/windows/system.ts";
import { openToAppend, remove, sizeOf, statusAt } from "../../file/windows.ts";
import { Job } from "../../object/job.ts";
import { signalName } from "../../process/signals.ts";
import { exitCodeOf, signalOf } from "../../process/windows.ts";
import { checkLog } from "../../ready/line.ts";
import { freePort } from "../../ready/port.ts";
import { untilReady } from "../../ready/program.ts";
import type { LaunchContext } from "../definition.ts";
import { TOKEN_VARIABLE } from "../turn.ts";
import type { ServiceInfo } from "../types.ts";
import { whereOf } from "../windows/watch.ts";
import type { CommandServiceOptions } from "./types.ts";

/** As `launchCommand()`: the program is in the service's job before its first instruction runs. */
export async function launchOnWindows(
  name: string,
  options: CommandServiceOptions,
  context: LaunchContext,
): Promise<ServiceInfo> {
  const port = options.port === "free" ? freePort() : options.port;
  const fill = (text: string) => port === undefined ? text : text.replaceAll("{port}", `${port}`);
  const [program = "", ...args] = options.command.map(fill);
  const own = Object.entries(options.env ?? {}).map(([name, value]) => [name, fill(value)]);
  const env: Record<string, string> = {
    ...(port === undefined ? {} : { PORT: `${port}` }),
    ...Object.fromEntries(own),
    [TOKEN_VARIABLE]: context.token,
  };
  const cwd = options.cwd === undefined ? undefined : children.checkDirectory(options.cwd);
  const path = children.findProgram(program, { env }, cwd);
  const log = options.log ?? context.log;
  if (options.log !== undefined && options.ready?.line !== undefined) checkLog(log);
  // What is not a file of ours there, a link for example, is put away and never followed.
  if (options.log === undefined && statusAt(log)?.regular === false) remove(log);
  const job = Job.open(whereOf(name, context.job ?? ""));
  if (job === undefined) throw new Error("The job that this client holds is gone");
  const output = openToAppend(log);
  const from = sizeOf(output);
  let process: number | undefined;
  try {
    const born = startInJob({ path, args, cwd, env }, job.handle, output);
    process = born.process;
    const info: ServiceInfo = { pid: born.pid, ...(port === undefined ? {} : { port }) };
    const ending = whenSignaled(process);
    const exit = exitOf(ending.done, process);
    try {
      const launched = { info, log, from, exit };
      await untilReady([program, ...args], options.ready, fill, launched, context.signal);
    } finally {
      ending.cancel();
      await ending.done;
    }
    return info;
  } finally {
    if (process !== undefined) closeHandle(process);
    closeHandle(output);
    job.close();
  }
}

/** Resolves with how the program ended, if it does. */
async function exitOf(ended: Promise<boolean>, process: number): Promise<string | Error> {
  // Nobody wants to know any more.
  if (!await ended) return await new Promise(() => {});
  const code = exitCodeOf(process);
  const name = signalName(signalOf(code));
  return name === undefined ? `exited with code ${code | 0}` : `was ended by ${name}`;
}
