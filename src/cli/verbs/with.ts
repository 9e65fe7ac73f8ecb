import { quote } from "../../name.ts";
import { commandService } from "../../service/command/command_service.ts";
import type { ServiceHandle } from "../../service/handle.ts";
import type { SharedService } from "../../service/shared_service.ts";
import { commandOf } from "../arguments.ts";
import { EXIT } from "../exit_codes.ts";
import { checkCommand, ForegroundJob, type Words } from "../job/job.ts";
import { Signals } from "../job/signals.ts";
import { showing } from "../output/progress.ts";
import { report, tellError } from "../output/write.ts";
import { SERVICE_OPTIONS, serviceOptions } from "../services/flags.ts";
import { namedService, PLACE_OPTIONS, placeOf, providedBy } from "../services/named.ts";
import { checkPrefixes, type Used, variablesOf } from "../services/variables.ts";
import { duration } from "../values.ts";
import { type Arguments, UsageError, type Verb } from "../verb.ts";

const verb: Verb = {
  name: "with",
  usage: "NAME... [OPTIONS] -- COMMAND [ARGUMENT...]",
  summary: "Run a command while services run, starting them if need be",
  description:
    `Comes to hold each service, starts those that do not run yet, runs COMMAND, and lets go of them when
it ends; the last one to let go stops a service. A name is looked up in the next procref.json upwards;
with --start, or if the service runs already, no file is needed.

COMMAND finds in its environment, for each service, NAME_PID, and NAME_PORT if it has a port; PORT is
the port of the last one that has one; and what "provides" in procref.json says. NAME is in capitals
here, and what is neither letter nor digit is _.

COMMAND runs in the foreground: it has the terminal, Ctrl-C and Ctrl-Z work as usual, and other signals
to procref are passed on to it. procref exits with COMMAND's code, with 128 + n if signal n ended it,
with 125 if procref itself failed, 126 or 127 if COMMAND cannot be run or is not there. If procref is
killed (SIGKILL), the kernel counts it off, the guardian stops the service, and COMMAND gets SIGTERM
(on Windows it ends at once).`,
  options: [
    ...SERVICE_OPTIONS,
    {
      name: "timeout",
      value: "TIME",
      description: "Until procref gives up waiting for the services",
    },
    { name: "env-prefix", value: "PREFIX", description: "In place of NAME in the variables" },
    ...PLACE_OPTIONS,
  ],
  examples: [
    `procref with pg --start "postgres -D data -p {port} -h 127.0.0.1 -k ''" --port free --stop-signal INT -- pytest -n 4`,
    "procref with web --start \"python3 -m http.server -b 127.0.0.1 {port}\" --port free -- sh -c 'curl localhost:$PORT'",
    "procref with pg redis -- bun test          # both from procref.json",
    "procref with pg --timeout 10s -- psql      # interactive; procref.json provides PGPORT",
  ],
  completes: "services",
  command: "wrapped",
  run,
};
export default verb;

interface Wanted {
  readonly name: string;
  readonly service: SharedService;
  readonly provides: Readonly<Record<string, string>>;
}

async function run(args: Arguments): Promise<number> {
  const command = commandOf(args, "with NAME");
  const prefix = args.text("env-prefix");
  const timeout = duration(args, "timeout") ?? Infinity;
  checkPrefixes(args.names, prefix);
  const wanted = wantedBy(args);
  checkCommand(command);
  using signals = new Signals();
  const job = new ForegroundJob("TERM", signals);
  try {
    const handles = await acquireAll(wanted, signals.given, timeout);
    const used = wanted.map(({ name, provides }, index): Used => {
      const info = handles[index]?.info ?? { pid: 0 };
      return { name, info, provides };
    });
    return await runWith(command, handles, used, { args, prefix, job });
  } finally {
    await job.end();
  }
}

function wantedBy(args: Arguments): Wanted[] {
  const { names } = args;
  if (names.length === 0) throw new UsageError("The name of a service is missing");
  const options = serviceOptions(args);
  if (options === undefined) {
    const place = placeOf(args);
    return names.map((name) => ({
      name,
      service: namedService(name, place),
      provides: providedBy(name, place),
    }));
  }
  const [name = "", ...more] = names;
  if (more.length > 0) throw new UsageError("--start describes one service, not several");
  const directory = args.text("directory");
  const place = directory === undefined ? {} : { directory };
  return [{ name, service: commandService(name, { ...options, ...place }), provides: {} }];
}

/** All at once; if one cannot be had, none is kept. */
async function acquireAll(
  wanted: readonly Wanted[],
  given: AbortSignal,
  timeout: number,
): Promise<ServiceHandle[]> {
  const failed = new AbortController();
  const signal = AbortSignal.any([given, failed.signal]);
  const names = wanted.map(({ name }) => name).join(", ");
  const attempts = wanted.map(({ service }) => service.acquire({ signal, timeout }));
  for (const attempt of attempts) attempt.catch((error: unknown) => failed.abort(error));
  const results = await showing(() => `Waiting for ${names}`, Promise.allSettled(attempts));
  const handles = results.flatMap((result) => result.status === "fulfilled" ? [result.value] : []);
  if (handles.length === results.length) return handles;
  await Promise.allSettled(handles.map((handle) => handle.release()));
  given.throwIfAborted();
  throw failed.signal.reason;
}

interface Circumstances {
  readonly args: Arguments;
  readonly prefix: string | undefined;
  readonly job: ForegroundJob;
}

async function runWith(
  command: Words,
  handles: readonly ServiceHandle[],
  used: readonly Used[],
  { args, prefix, job }: Circumstances,
): Promise<number> {
  let code: number | undefined;
  try {
    code = await job.run(command, variablesOf(used, prefix));
  } finally {
    const released = await releaseAll(handles, used, args.has("json"));
    // What COMMAND itself said matters more.
    if (!released && code === EXIT.ok) code = EXIT.wrapper;
  }
  if (args.has("json")) {
    report({ exitCode: code, services: used.map(({ name, info }) => ({ name, ...info })) });
  }
  return code;
}

async function releaseAll(
  handles: readonly ServiceHandle[],
  used: readonly Used[],
  json: boolean,
): Promise<boolean> {
  const names = used.map(({ name }) => name).join(", ");
  const releases = Promise.allSettled(handles.map((handle) => handle.release()));
  const results = await showing(() => `Letting go of ${names}`, releases);
  results.forEach((result, index) => {
    if (result.status === "fulfilled") return;
    const why = result.reason instanceof Error ? result.reason.message : String(result.reason);
    tellError(new Error(`Stopping service ${quote(used[index]?.name ?? "")}: ${why}`), json);
  });
  return results.every(({ status }) => status === "fulfilled");
}
