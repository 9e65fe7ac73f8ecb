import { type Mechanism, ProcessGroup, type ResourceLimits } from "../../group/mod.ts";
import { sleep } from "../../wait.ts";
import { askChild, type SharedChild } from "../../child/shared_child.ts";
import { commandOf, noNames } from "../arguments.ts";
import { EXIT } from "../exit_codes.ts";
import { checkCommand, codeOf, inheriting, keeper, StartFailure, type Words } from "../job/job.ts";
import { type CommandKeeper, openGate } from "../job/keeper.ts";
import { Signals } from "../job/signals.ts";
import { report, tell } from "../output/write.ts";
import { bytes, choice, count, duration, positive } from "../values.ts";
import type { Arguments, Verb } from "../verb.ts";

const MECHANISMS = ["cgroup_v2", "process_group", "job_object"] as const satisfies Mechanism[];

const verb: Verb = {
  name: "run",
  usage: "[OPTIONS] -- COMMAND [ARGUMENT...]",
  summary: "Run a command whose whole process tree ends with it",
  description:
    `Runs COMMAND in a process tree of its own. When it ends, is timed out, or procref is killed (SIGKILL
included), everything it has started is ended with it: SIGTERM, then SIGKILL after --grace.
A limit that nothing on this host enforces is refused, with the reason, and COMMAND is not run.

The exit code is COMMAND's; 124 after --timeout, 128 + n if signal n ended it, 125 if procref itself
failed, 126 or 127 if COMMAND cannot be run or is not there.

With the mechanism process_group, COMMAND has no terminal. On Windows those are asked that listen
(onStopRequest), and the others end with them: at once where nobody listens.
With --json, one line on standard error at the end: { exitCode, timedOut, mechanism, limits, duration,
cpuTime, peakMemory }; limits is tripped, not_tripped or unknown, times are milliseconds, memory is bytes.`,
  options: [
    { name: "memory", value: "SIZE", description: "Memory of the whole tree, for example 512M" },
    { name: "cpus", value: "N", description: "Cores' worth of CPU time, for example 1.5" },
    { name: "processes", value: "N", description: "Processes and threads at one time" },
    { name: "timeout", value: "TIME", description: "End it after this time" },
    { name: "grace", value: "TIME", description: "From SIGTERM to SIGKILL (default 2s)" },
    {
      name: "mechanism",
      value: "NAME",
      description: "What must hold the tree together (default: this host's best)",
      choices: MECHANISMS,
    },
  ],
  examples: [
    "procref run --timeout 10m -- make test",
    "procref run --memory 2G --cpus 1.5 --processes 100 -- ./untrusted",
    "procref with pg -- procref run -- ./suite.sh",
  ],
  command: "wrapped",
  run,
};
export default verb;

async function run(args: Arguments): Promise<number> {
  noNames(args);
  const command = commandOf(args, "run");
  const timeout = duration(args, "timeout") ?? Infinity;
  const grace = duration(args, "grace") ?? 2000;
  const mechanism = choice(args, "mechanism", MECHANISMS);
  const limits = limitsOf(args);
  checkCommand(command);
  using signals = new Signals();
  await using group = await ProcessGroup.create({
    limits,
    shutdownTimeout: grace,
    ...(mechanism === undefined ? {} : { mechanism }),
  });
  const start = performance.now();
  const { code, timedOut } = await runIn(group, command, signals, timeout);
  if (timedOut && !args.has("json")) tell(`timed out after ${timeout} ms`);
  if (args.has("json")) {
    const { cpuTime, peakMemory } = group.stats();
    report({
      exitCode: code,
      timedOut,
      mechanism: group.mechanism,
      limits: group.limitEvidence(),
      duration: Math.round(performance.now() - start),
      cpuTime,
      peakMemory,
    });
  }
  return code;
}

function limitsOf(args: Arguments): ResourceLimits {
  const [memory, processes, cpu] = [
    bytes(args, "memory"),
    count(args, "processes"),
    positive(args, "cpus"),
  ];
  return {
    ...(memory === undefined ? {} : { memory }),
    ...(processes === undefined ? {} : { processes }),
    ...(cpu === undefined ? {} : { cpu }),
  };
}

async function runIn(
  group: ProcessGroup,
  command: Words,
  signals: Signals,
  timeout: number,
): Promise<{ code: number; timedOut: boolean }> {
  const keeper = keeperFor(group);
  try {
    await keeper?.ready();
    signals.given.throwIfAborted();
    using gate = openGate();
    const words = inheriting(command, signals);
    const child = await spawned(group, gate?.behind(words) ?? words);
    gate?.open();
    signals.attach({ sendSignal: (signal) => askChild(child, signal), keeper });
    const timedOut = await expires(child, timeout);
    if (!timedOut) signals.detach();
    await group.shutdown();
    const code = timedOut ? EXIT.timedOut : codeOf(await child.wait());
    signals.detach();
    return { code, timedOut };
  } finally {
    await keeper?.end();
  }
}

/** In a cgroup or a job the command stays where procref is, and has the terminal: what is told there reaches both. */
function keeperFor({ mechanism }: ProcessGroup): CommandKeeper | undefined {
  return mechanism === "process_group" ? undefined : keeper("KILL");
}

async function spawned(group: ProcessGroup, [program, ...args]: Words): Promise<SharedChild> {
  try {
    return await group.spawn(program, { args });
  } catch (error) {
    throw new StartFailure(error);
  }
}

/** Waits for the end. @returns True if the time was over first. */
async function expires(child: SharedChild, timeout: number): Promise<boolean> {
  const over = new AbortController();
  const ended = child.wait().then(() => false);
  if (timeout === Infinity) return await ended;
  const late = sleep(timeout, over.signal).then(() => true, () => false);
  const first = await Promise.race([ended, late]);
  over.abort();
  return first;
}
