import { ProcrefError } from "../../../ffi/errors.ts";
import { checkInteger } from "../../check.ts";
import { childSystem } from "../../child/system.ts";
import { quote } from "../../name.ts";
import type { ProcessIdentity } from "../../process/identity.ts";
import { runtime } from "../../runtime/mod.ts";
import { checkReadiness } from "../../ready/check.ts";
import { checkLog } from "../../ready/line.ts";
import { accepts } from "../../ready/port.ts";
import { untilReady } from "../../ready/program.ts";
import { NEVER, sleep } from "../../wait.ts";
import { checkTexts, settle } from "../options.ts";
import { pause } from "../pause.ts";
import { unsupervised } from "../self/supervision.ts";
import type { SpawnDaemonOptions } from "../types.ts";
import { launchDaemon } from "./launcher.ts";
import { type Launched, overlay, type Start } from "./system.ts";

/** Starts a program as a daemon and waits until it is ready. @throws What `spawnDaemon` does. */
export async function spawn(
  program: string | URL,
  options: SpawnDaemonOptions,
): Promise<ProcessIdentity> {
  const settings = settle(options);
  const { args = [], env = {}, port, ready = {} } = options;
  checkTexts(args, env);
  if (port !== undefined) checkInteger(port, "port", 1, 65535);
  checkReadiness(ready, port !== undefined);
  if (ready.line !== undefined && settings.log === undefined) {
    throw new TypeError("ready.line needs a log: without one, output goes to /dev/null");
  }
  if (ready.line !== undefined && settings.log !== undefined) checkLog(settings.log);
  const children = childSystem();
  const path = children.findProgram(program, { env });
  children.checkProgram(path);
  const fill = (text: string) => port === undefined ? text : text.replaceAll("{port}", `${port}`);
  if (port !== undefined) checkPort(port);
  const own = Object.entries(env).map(([name, value]) => [name, fill(value)]);
  const start: Start = {
    title: quote(path),
    command: [path, ...args.map(fill)],
    environment: overlay(unsupervised(runtime.environment()), {
      ...(port === undefined ? {} : { PORT: `${port}` }),
      ...Object.fromEntries(own),
    }),
    settings,
    informed: false,
  };
  return await launchDaemon(start, async (launched) => {
    const { pid } = await running(launched, path);
    pause("daemon:started");
    await untilReady(
      [path],
      { timeout: settings.readyTimeout, ...ready },
      fill,
      {
        info: { pid, ...(port === undefined ? {} : { port }) },
        log: settings.log ?? "/dev/null",
        from: launched.from,
        exit: launched.ended,
      },
      NEVER,
    );
  });
}

/** A port that somebody else answers would look ready at once, and be another one's. */
function checkPort(port: number): void {
  if (!accepts(port)) return;
  throw new ProcrefError("start_failed", `Port ${port} is answered by another process already`);
}

const STEP = 1; // ms: no event tells of an exec, which follows within a few

/** The daemon, as soon as the program itself runs. */
async function running(launched: Launched, path: string): Promise<ProcessIdentity> {
  let over: string | undefined;
  launched.ended.then((how) => over = how);
  for (;;) {
    const { daemon } = launched.state();
    if (daemon !== undefined && launched.isProgram(daemon.pid)) return daemon;
    if (over !== undefined) {
      throw new ProcrefError("start_failed", `${quote(path)} ${over} before it was ready`);
    }
    await sleep(STEP);
  }
}
