import { LockedError } from "../../daemon/errors.ts";
import { spawnDaemon } from "../../daemon/spawn_daemon.ts";
import { daemonStatus } from "../../daemon/status.ts";
import { stopDaemon } from "../../daemon/stop.ts";
import type { SpawnDaemonOptions } from "../../daemon/types.ts";
import { commandOf } from "../arguments.ts";
import { EXIT } from "../exit_codes.ts";
import { checkCommand } from "../job/job.ts";
import { showing } from "../output/progress.ts";
import { print, printJson, tell } from "../output/write.ts";
import { readiness, READY_OPTIONS } from "../services/flags.ts";
import { duration, mask, port, signal } from "../values.ts";
import { type Arguments, UsageError, type Verb } from "../verb.ts";

const ACTIONS = { start, status, stop } as const;

const verb: Verb = {
  name: "daemon",
  usage: "start|status|stop PIDFILE [OPTIONS] [-- COMMAND [ARGUMENT...]]",
  summary: "Start a program as a daemon, look at it, stop it",
  description:
    `start runs COMMAND as a daemon: in a session of its own, without a terminal, with the pid file locked for
its life, so that a second one is refused. procref exits with 0 when the daemon is ready; with 1, and
its last words, if it ends before that or is not ready in time; with 126 or 127 if COMMAND cannot be
run or is not there. Relative paths in COMMAND's arguments start from --cwd, which is / by default.
status exits with 0 if it runs, with 3 if not. stop asks it, kills it when the time is over, and exits
with 0 also if nothing ran; on Windows only what wants to be asked is, and all else ends at once. A
process that merely has a dead daemon's pid is never taken for it.

With --json: start prints { pid, startTime }, status { running, stale, pid? }, and stop { result },
which is terminated, killed or gone.`,
  options: [
    { name: "log", value: "FILE", description: "start: append its output to this file" },
    { name: "cwd", value: "DIR", description: "start: its working directory (default /)" },
    { name: "umask", value: "MASK", description: "start: its umask, octal (default 022)" },
    { name: "port", value: "N", description: "start: the port it listens on; {port} in COMMAND" },
    ...READY_OPTIONS.map((option) => ({ ...option, description: `start: ${option.description}` })),
    { name: "signal", value: "SIGNAL", description: "stop: what asks it to end (default TERM)" },
    { name: "timeout", value: "TIME", description: "stop: from asking to SIGKILL (default 5s)" },
  ],
  examples: [
    "procref daemon start /run/web.pid --port 8080 --log /var/log/web.log -- python3 -m http.server -b 127.0.0.1 {port}",
    "procref daemon status /run/web.pid",
    "procref daemon stop /run/web.pid",
  ],
  completes: Object.keys(ACTIONS),
  command: "started",
  run,
};
export default verb;

async function run(args: Arguments): Promise<number> {
  const [action = "", pidFile, ...more] = args.names;
  if (!Object.hasOwn(ACTIONS, action)) {
    throw new UsageError(`start, status or stop is expected${action && `: ${action}`}`);
  }
  if (pidFile === undefined) throw new UsageError("The path of a pid file is missing");
  if (more.length > 0) throw new UsageError(`Too much: ${more.join(" ")}`);
  return await ACTIONS[action as keyof typeof ACTIONS](pidFile, args);
}

async function start(pidFile: string, args: Arguments): Promise<number> {
  const command = commandOf(args, "daemon start PIDFILE");
  const options = startOptions(pidFile, args);
  checkCommand(command);
  const [program, ...words] = command;
  try {
    const starting = spawnDaemon(program, { ...options, args: words });
    const identity = await showing(() => `Starting ${program}`, starting);
    if (args.has("json")) printJson(identity);
    else print(`${identity.pid}`);
    return EXIT.ok;
  } catch (error) {
    // The options that may not go together are told by the API in its own words.
    if (error instanceof TypeError) throw new UsageError(error.message);
    if (!(error instanceof LockedError) || args.has("json")) throw error;
    tell(`it runs already, with pid ${error.pid ?? "unknown"}: ${pidFile} is locked`);
    return EXIT.failed;
  }
}

function startOptions(pidFile: string, args: Arguments): SpawnDaemonOptions {
  const number = port(args, "port");
  if (number === "free") throw new UsageError("--port needs a number: nobody would learn of it");
  const [log, cwd, umask, readyTimeout] = [
    args.text("log"),
    args.text("cwd"),
    mask(args, "umask"),
    duration(args, "ready-timeout"),
  ];
  return {
    pidFile,
    ready: readiness(args, number !== undefined),
    ...(number === undefined ? {} : { port: number }),
    ...(log === undefined ? {} : { log }),
    ...(cwd === undefined ? {} : { workingDirectory: cwd }),
    ...(umask === undefined ? {} : { umask }),
    ...(readyTimeout === undefined ? {} : { readyTimeout }),
  };
}

async function status(pidFile: string, args: Arguments): Promise<number> {
  const found = await daemonStatus(pidFile);
  if (args.has("json")) printJson(found);
  else if (found.running) print(`runs, with pid ${found.pid ?? "unknown"}`);
  else print(found.stale ? `does not run; ${pidFile} is stale` : "does not run");
  return found.running ? EXIT.ok : EXIT.absent;
}

async function stop(pidFile: string, args: Arguments): Promise<number> {
  const [request, timeout] = [signal(args, "signal"), duration(args, "timeout")];
  const result = await showing(
    () => `Stopping the daemon of ${pidFile}`,
    stopDaemon(pidFile, {
      ...(request === undefined ? {} : { request }),
      ...(timeout === undefined ? {} : { timeout }),
    }),
  );
  if (args.has("json")) printJson({ result });
  else print(result);
  return EXIT.ok;
}
