import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertLessOrEqual,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import {
  Command,
  isNotFound,
  ProcrefError,
  RecordingRunner,
  type Reply,
  type RunEvent,
  ScriptedRunner,
  type SupervisionEvent,
  Supervisor,
  type SupervisorOptions,
  TimeoutError,
} from "@procref/procref/command";
import { ProcessGroup } from "@procref/procref/group";
import { isAlive } from "@procref/procref/process";
import { OWN_SESSION } from "../group/trees.ts";
import { eventually, temporaryDirectory, test } from "../harness/mod.ts";
import { idle, NOTHING, run } from "./programs.ts";
import "./warm.ts";

const QUICK = { backoff: 1, jitter: false } as const;

/** A supervisor of a scripted program, and what was started. */
function supervised(replies: [Reply, ...Reply[]], options: SupervisorOptions = {}) {
  const runner = new RecordingRunner(new ScriptedRunner().otherwise(...replies));
  const supervisor = new Supervisor(new Command("worker", { runner }), { ...QUICK, ...options });
  return { supervisor, runner };
}

test("a program that crashes is started again until it succeeds", async () => {
  using directory = temporaryDirectory();
  const file = `${directory.path}/runs`;
  const script = `echo x >>${file}; [ $(wc -l <${file}) -ge 3 ]`;
  const command = run(script, [`note ${file}`, `least 3 ${file}`]);
  const outcome = await new Supervisor(command, QUICK).run();
  assertEquals([outcome.restarts, outcome.stopped], [2, "policy"]);
  assertEquals(outcome.last?.success, true);
});

test("maxRestarts 0 is one run, n is n + 1 runs", async () => {
  for (const maxRestarts of [0, 1, 4]) {
    const { supervisor, runner } = supervised([{ code: 3 }], { maxRestarts });
    const { restarts, stopped, last } = await supervisor.run();
    assertEquals([restarts, stopped, last?.code], [maxRestarts, "budget", 3]);
    assertEquals(runner.calls.length, maxRestarts + 1);
  }
});

test('"never" is one run, "on-crash" ends with a success, "always" goes on', async () => {
  const never = supervised([{ code: 1 }], { restart: "never" });
  const once = await never.supervisor.run();
  assertEquals([once.stopped, once.restarts, once.last?.code], ["policy", 0, 1]);
  const clean = supervised([{}], { restart: "on-crash" });
  assertEquals((await clean.supervisor.run()).stopped, "policy");
  assertEquals(clean.runner.calls.length, 1);
  const always = supervised([{}], { restart: "always", maxRestarts: 3 });
  assertEquals((await always.supervisor.run()).stopped, "budget");
  assertEquals(always.runner.calls.length, 4);
});

test('"always" goes on until a predicate is content', async () => {
  const replies: [Reply, ...Reply[]] = [{ stdout: "1" }, { stdout: "2" }, { stdout: "done" }];
  const { supervisor } = supervised(replies, {
    restart: "always",
    stopWhen: ({ stdout }) => stdout === "done",
  });
  const { restarts, stopped, last } = await supervisor.run();
  assertEquals([restarts, stopped, last?.stdout], [2, "predicate", "done"]);
});

test("a code that okCodes accepts is no crash", async () => {
  const runner = new ScriptedRunner().otherwise({ code: 2 });
  const command = new Command("worker", { runner, okCodes: [0, 2] });
  assertEquals((await new Supervisor(command, QUICK).run()).stopped, "policy");
});

test("a timeout is a crash", async () => {
  const command = idle({ timeout: 100 });
  const { stopped, last } = await new Supervisor(command, { ...QUICK, maxRestarts: 1 }).run();
  assertEquals([stopped, last?.timedOut], ["budget", true]);
});

test("it gives up what a restart can't cure: by the output, or by the error of a failed start", async () => {
  const { supervisor, runner } = supervised([{ code: 1 }, { code: 78 }], {
    giveUpWhen: ({ code }) => code === 78,
  });
  const { stopped, restarts } = await supervisor.run();
  assertEquals([stopped, restarts, runner.calls.length], ["gave-up", 1, 2]);

  const missing = new Supervisor(new Command("no such program"), { giveUpWhen: isNotFound });
  const outcome = await missing.run();
  assertEquals([outcome.stopped, outcome.last, outcome.restarts], ["gave-up", undefined, 0]);
  assertInstanceOf(outcome.error, ProcrefError);
});

test("a failed start is a crash: tried again within the budget", async () => {
  const missing = new Command("no such program");
  const outcome = await new Supervisor(missing, { ...QUICK, maxRestarts: 2 }).run();
  assertEquals([outcome.stopped, outcome.restarts, outcome.last], ["budget", 2, undefined]);
  assertEquals(outcome.error?.code, "not_found");
  const busy = new ProcrefError("locked", "busy");
  const { supervisor } = supervised([busy, { stdout: "up" }]);
  const { last, error, restarts } = await supervisor.run();
  assertEquals([last?.stdout, error, restarts], ["up", undefined, 1]);
});

test("an error that is the caller's own ends the supervision", async () => {
  const mistake = new Error("a mistake");
  const { supervisor } = supervised([mistake]);
  assertStrictEquals(await assertRejects(() => supervisor.run(), Error), mistake);
  const stopWhen = () => {
    throw mistake;
  };
  const other = supervised([{}], { stopWhen });
  assertStrictEquals(await assertRejects(() => other.supervisor.run(), Error), mistake);
});

test("standard input that can be read once is for one run", async () => {
  const cat = run("cat; exit 1", ["cat", "exit 1"]);
  const command = cat.with({ stdin: new Response("x").body ?? "null" });
  const error = await assertRejects(() => new Supervisor(command, QUICK).run(), ProcrefError);
  assertEquals(error.code, "closed");
  assertEquals(
    (await new Supervisor(cat.with({ stdin: { text: "x" } }), {
      ...QUICK,
      maxRestarts: 1,
    }).run()).last?.stdout,
    "x",
  );
});

test("the pauses are 200, 400, ... and end at the cap; jitter is in [0.5, 1.5)", async () => {
  const delays = async (options: SupervisorOptions) => {
    const { supervisor } = supervised([{ code: 1 }], { maxRestarts: 3, ...options });
    await supervisor.run();
    return (await collected(supervisor)).flatMap((event) =>
      event.type === "restarting" ? [event.delay] : []
    );
  };
  const start = performance.now();
  assertEquals(await delays({ backoff: 200, maxBackoff: 500 }), [200, 400, 500]);
  assert(performance.now() - start >= 1100 - 10, "and it waits so long");
  const jittered = await delays({ backoff: 10, factor: 1, jitter: true, maxRestarts: 20 });
  assert(jittered.every((delay) => delay >= 5 && delay < 15), `${jittered}`);
  assert(new Set(jittered).size > 1);
});

test("a run as long as the longest pause makes the pauses begin anew", async () => {
  const replies: [Reply, ...Reply[]] = [{ code: 1 }, { code: 1 }, { code: 1, duration: 60 }, {
    code: 1,
  }];
  const { supervisor } = supervised(replies, { backoff: 4, maxBackoff: 50, maxRestarts: 4 });
  await supervisor.run();
  const delays = (await collected(supervisor)).flatMap((event) =>
    event.type === "restarting" ? [event.delay] : []
  );
  // The third run lasted: its pause is the first again. A slow machine may make others last as well.
  assertEquals(delays[2], 4);
});

test("a storm of crashes makes one pause; rare crashes make none", async () => {
  const stormGuard = { pause: 30, threshold: 2, halfLife: 60_000 };
  const { supervisor } = supervised([{ code: 1 }], { stormGuard, maxRestarts: 4 });
  const start = performance.now();
  const { stormPauses, stopped } = await supervisor.run();
  assertEquals([stormPauses, stopped], [1, "budget"]);
  assert(performance.now() - start >= 28);
  const pauses = (await collected(supervisor)).filter(({ type }) => type === "storm");
  assertEquals(pauses, [{ type: "storm", pause: 30 }]);
  const clean = supervised([{}], { stormGuard, restart: "always", maxRestarts: 4 });
  assertEquals((await clean.supervisor.run()).stormPauses, 0);
});

test("a program that fails its health check again and again is killed and started again", async () => {
  let looks = 0;
  const healthCheck = { check: () => ++looks % 4 === 2, every: 5, failures: 2 };
  const supervisor = new Supervisor(idle(), { ...QUICK, healthCheck, maxRestarts: 1 });
  const { unhealthy, last, stopped } = await supervisor.run();
  assertEquals([unhealthy, last?.signal, stopped, looks], [2, "SIGKILL", "budget", 8]);
});

test("a health check that throws or never answers has failed; a quick program needs none", async () => {
  const checks = [
    () => {
      throw new Error("refused");
    },
    () => new Promise<boolean>(() => {}),
  ];
  for (const check of checks) {
    const healthCheck = { check, every: 5, failures: 2, timeout: 5 };
    const { supervisor } = supervised([{ duration: Infinity }], { healthCheck, restart: "never" });
    const { unhealthy, stopped } = await supervisor.run();
    assertEquals([unhealthy, stopped], [1, "policy"]);
  }
  const { supervisor } = supervised([{}], { healthCheck: () => false });
  assertEquals((await supervisor.run()).unhealthy, 0);
});

test("the health check is given the running program, and stopWhen no killed one", async () => {
  const pids: number[] = [];
  const stopped: unknown[] = [];
  const { supervisor } = supervised([{ duration: Infinity }], {
    healthCheck: {
      check({ pid }) {
        pids.push(pid);
        return false;
      },
      every: 2,
      failures: 1,
    },
    stopWhen: (output) => stopped.push(output) > 0,
    maxRestarts: 1,
  });
  await supervisor.run();
  assertEquals([new Set(pids).size, stopped], [2, []]);
});

test("events tell each step, to each reader, before, during and after the run", async () => {
  const { supervisor } = supervised([{ code: 7 }, {}]);
  const before = collected(supervisor);
  const run = supervisor.run();
  const during = collected(supervisor);
  await run;
  const types = ["started", "exited", "restarting", "started", "exited", "stopped"];
  for (const events of [await before, await during, await collected(supervisor)]) {
    assertEquals(events.map(({ type }) => type), types);
    const exited = events[1];
    assert(exited?.type === "exited" && exited.code === 7 && !exited.success);
    assertEquals(events.at(-1), { type: "stopped", reason: "policy", restarts: 1 });
  }
});

test("cancellation is final: in a run and in a pause, with the signal's reason", async () => {
  const reason = new Error("enough");
  for (
    const [command, type] of [[idle(), "started"], [Command.shell("exit 1"), "ended"]] as const
  ) {
    const pids: number[] = [];
    const onEvent = (event: RunEvent) => {
      if (event.type === type) pids.push(event.pid);
    };
    const controller = new AbortController();
    const supervised = command.with({ onEvent });
    const supervisor = new Supervisor(supervised, { restart: "always", backoff: 60_000 });
    const run = supervisor.run({ signal: controller.signal });
    await eventually(() => pids.length > 0);
    await new Promise((resolve) => setTimeout(resolve, 20));
    controller.abort(reason);
    assertStrictEquals(await assertRejects(() => run, Error), reason);
    assertEquals(pids.map((pid) => isAlive(pid)), [false]);
    assertEquals((await collected(supervisor)).at(-1), { type: "cancelled", reason });
  }
});

test("cancelled before, nothing is started; the command's own signal cancels too", async () => {
  const signal = AbortSignal.abort(new Error("too late"));
  const { supervisor, runner } = supervised([{}]);
  await assertRejects(() => supervisor.run({ signal }), Error, "too late");
  assertEquals(runner.calls, []);
  const command = idle({ signal: AbortSignal.timeout(30) });
  const own = new Supervisor(command, { restart: "always", ...QUICK });
  const error = await assertRejects(() => own.run(), DOMException);
  assertEquals(error.name, "TimeoutError");
});

test("run() has a timeout; a second run at the same time is refused, a later one is not", async () => {
  const { supervisor } = supervised([{ duration: Infinity }, {}]);
  const run = supervisor.run({ timeout: 30 });
  const error = await assertRejects(() => supervisor.run(), ProcrefError);
  assertEquals(error.code, "locked");
  await assertRejects(() => run, TimeoutError, "worker");
  const types = (await collected(supervisor)).map(({ type }) => type);
  assertEquals(types, ["started", "cancelled"]);
  assertEquals((await supervisor.run()).stopped, "policy");
  assertEquals((await collected(supervisor)).length, 3);
});

test("what a run leaves behind is gone before the next begins", async () => {
  const script = `${OWN_SESSION}sleep 60 </dev/null >/dev/null 2>&1 & echo $!; sleep 0.05; exit 1`;
  const alive: boolean[] = [];
  let left: number[] = [];
  const onEvent = ({ type }: RunEvent) => {
    if (type === "started") alive.push(...left.map((pid) => isAlive(pid)));
  };
  const onStdoutLine = (line: string) => void (left = [...left, Number(line)]);
  const command = run(script, ["leave", "exit 1"], { onEvent, onStdoutLine });
  await new Supervisor(command, { ...QUICK, maxRestarts: 2 }).run();
  assertEquals([left.length, left.every((pid) => pid > 1)], [3, true]);
  assertEquals(alive, [false, false, false]);
  assertEquals(left.filter((pid) => isAlive(pid)), []);
});

test("a group of the caller's holds every run, and stays usable", async () => {
  await using group = await ProcessGroup.create();
  const supervisor = new Supervisor(Command.shell("exit 1", { group }), {
    ...QUICK,
    maxRestarts: 1,
  });
  assertEquals((await supervisor.run()).stopped, "budget");
  assertEquals((await (await group.spawn(NOTHING.program, { args: NOTHING.args })).wait()).code, 0);
});

test("of a talkative run the last of its output is kept", async () => {
  const script = "head -c 3000000 /dev/zero | tr '\\0' x; echo end";
  const command = run(script, ["zeros 3000000", "out end\n"]);
  const { last } = await new Supervisor(command, QUICK).run();
  assert(last?.truncated && /[x\0]end\n$/.test(last.stdout));
  assertLessOrEqual(last.stdout.length, 1 << 20);
});

test("options that can't be are refused at once", () => {
  const make = (options: SupervisorOptions) => () => new Supervisor(new Command("x"), options);
  for (const value of [-1, NaN]) {
    assertThrows(make({ backoff: value }), RangeError);
    assertThrows(make({ maxBackoff: value }), RangeError);
    assertThrows(make({ factor: value }), RangeError);
    assertThrows(make({ maxRestarts: value }), RangeError);
    assertThrows(make({ stormGuard: { pause: value } }), RangeError);
    const check = () => true;
    assertThrows(make({ healthCheck: { check, every: value } }), RangeError);
    assertThrows(make({ healthCheck: { check, timeout: value } }), RangeError);
    assertThrows(make({ healthCheck: { check, failures: value } }), RangeError);
  }
  assertThrows(make({ maxRestarts: 1.5 }), RangeError);
  assertThrows(make({ restart: "sometimes" as never }), TypeError);
  assertThrows(make({ stopWhen: true as never }), TypeError);
  assertThrows(make({ healthCheck: {} as never }), TypeError);
});

async function collected(supervisor: Supervisor): Promise<SupervisionEvent[]> {
  const events = [];
  for await (const event of supervisor.events()) events.push(event);
  return events;
}
