import "./warm.ts";
import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { existsSync } from "node:fs";
import { Command, CommandError, isTransient } from "@procref/procref/command";
import { ProcessGroup } from "@procref/procref/group";
import { isAlive } from "@procref/procref/process";
import { OWN_SESSION } from "../group/trees.ts";
import { temporaryDirectory, test } from "../harness/mod.ts";

const sh = (line: string, options = {}) => Command.shell(line, options);
const LONG = "echo begin; exec sleep 600";

test("a timeout is data for output(), with what was written before", async () => {
  const output = await sh(LONG, { timeout: 200 }).output();
  assertEquals(output.stdout, "begin\n");
  assertEquals([output.timedOut, output.success, output.signal], [true, false, "SIGKILL"]);
  assert(output.duration >= 199);
});

test("a timeout is an error where success, a code or an answer is asked for", async () => {
  const command = sh(LONG, { timeout: 100 });
  for (
    const verb of [
      () => command.run(),
      () => command.exitCode(),
      () => command.probe(),
      () => command.firstLine("no such line"),
      () => Array.fromAsync(command.lines()),
    ]
  ) {
    const error = await assertRejects(verb);
    assertInstanceOf(error, CommandError);
    assertEquals([error.name, error.code, error.timedOut], ["TimeoutError", "timeout", true]);
    assertEquals(error.message, "`sh` ran longer than 100 ms");
    assert(isTransient(error));
  }
});

test("a timeout first asks, where there is a grace", async () => {
  const polite = sh("trap 'echo bye; exit 4' INT; echo begin; while :; do sleep 0.01; done", {
    timeout: 1000, // by then the shell has set its trap
    timeoutSignal: "SIGINT",
    timeoutGrace: 20_000,
  });
  const output = await polite.output();
  assertEquals([output.stdout, output.code, output.timedOut], ["begin\nbye\n", 4, true]);
  const deaf = sh("trap '' TERM; echo begin; while :; do sleep 0.01; done", {
    timeout: 1000, // by then the shell has set its trap
    timeoutGrace: 100,
  });
  const killed = await deaf.output();
  assertEquals([killed.signal, killed.timedOut], ["SIGKILL", true]);
});

test("silence can be a timeout of its own", async () => {
  const silent = sh("echo begin; exec sleep 600", { inactivityTimeout: 150 });
  const output = await silent.output();
  assertEquals([output.stdout, output.timedOut], ["begin\n", true]);
  const error = await assertRejects(() => silent.run(), CommandError);
  assertEquals(error.message, "`sh` wrote nothing for 150 ms");
  const talking = sh("for i in 1 2 3 4 5 6; do echo $i; sleep 0.1; done", {
    inactivityTimeout: 5000,
    timeout: 60_000,
  });
  assertEquals((await talking.output()).timedOut, false);
});

test("a cancellation rejects with its own reason, whatever the verb", async () => {
  const verbs = (command: Command, signal: AbortSignal) => [
    () => command.output({ signal }),
    () => command.outputBytes({ signal }),
    () => command.run({ signal }),
    () => command.exitCode({ signal }),
    () => command.probe({ signal }),
    () => command.firstLine("x", { signal }),
    () => Array.fromAsync(command.lines({ signal })),
    () => command.pipe(new Command("cat")).output({ signal }),
  ];
  for (let verb = 0; verb < 8; verb++) {
    const controller = new AbortController();
    const reason = new Error(`enough ${verb}`);
    setTimeout(() => controller.abort(reason), 30);
    const run = verbs(sh(LONG), controller.signal)[verb];
    assertEquals(await run?.().catch((error) => error), reason);
  }
});

test("a cancellation before the start starts nothing", async () => {
  using directory = temporaryDirectory();
  const file = `${directory.path}/started`;
  const reason = new Error("never mind");
  const command = sh(`touch ${file}`, { signal: AbortSignal.abort(reason) });
  assertEquals(await command.output().catch((error) => error), reason);
  assertEquals(await command.start().catch((error) => error), reason);
  const piped = command.pipe(new Command("cat"));
  assertEquals(await piped.output().catch((error) => error), reason);
  assertEquals(existsSync(file), false);
});

test("a cancellation wins over a timeout", async () => {
  const controller = new AbortController();
  const deaf = sh("trap '' TERM; while :; do sleep 0.01; done", {
    signal: controller.signal,
    timeout: 50,
    timeoutGrace: 600,
  });
  setTimeout(() => controller.abort(new Error("cancelled")), 200);
  await assertRejects(() => deaf.output(), Error, "cancelled");
});

test("after the end a cancellation changes nothing", async () => {
  const controller = new AbortController();
  const command = sh("echo a", { signal: controller.signal });
  await using process = await command.start();
  assertEquals((await process.output()).stdout, "a\n");
  controller.abort();
  assertEquals((await process.wait()).success, true);
});

test("whatever way a run ends, nothing that it has started is left", async () => {
  const started = `${OWN_SESSION}sleep 600 & echo $!; (sleep 600 & echo $!);`;
  const pids: number[] = [];
  const onStdoutLine = (line: string) => void pids.push(Number(line));
  const quiet = { onStdoutLine };
  await sh(`${started} exit 0`, quiet).output();
  await sh(`${started} exit 1`, quiet).run().catch(() => {});
  await sh(`${started} exec sleep 600`, { ...quiet, timeout: 300 }).output();
  await sh(`${started} echo x >&2; exec sleep 600`, {
    ...quiet,
    onStderrLine: () => Promise.reject(new Error("x")),
  }).output().catch(() => {});
  const controller = new AbortController();
  const cancelled = sh(`${started} echo x >&2; exec sleep 600`, {
    ...quiet,
    signal: controller.signal,
    onStderrLine: () => controller.abort(),
  });
  await cancelled.output().catch(() => {});
  {
    await using process = await sh(`${started} echo x >&2; exec sleep 600`, quiet).start();
    await process.waitForLine("x");
  }
  assert(pids.length >= 10, `${pids.length} pids`);
  assertEquals(pids.filter((pid) => pid > 0 && isAlive(pid)), []);
});

test("a grandchild that keeps the pipe does not hang the run, nor lose what was written", async () => {
  const { stdout, code } = await sh("sleep 600 & echo hi").output();
  assertEquals([stdout, code], ["hi\n", 0]);
  assertEquals(await sh("sleep 600 & echo hi").run(), "hi");
  assertEquals(await Array.fromAsync(sh("sleep 600 & echo hi").lines()), ["hi"]);
  assertEquals(await sh("(sleep 0.05; echo late) & echo hi").run(), "hi\nlate");
});

test("in a group of the user's, a grandchild that keeps the pipe lives on, and nobody waits for it", async () => {
  await using group = await ProcessGroup.create();
  const { stdout } = await sh("sleep 600 & echo $!", { group }).output();
  assert(isAlive(Number(stdout)));
});

test("in a group of the user's a timeout ends only the program", async () => {
  await using group = await ProcessGroup.create();
  const other = await group.spawn("sleep", { args: ["600"], stdin: "null", stdout: "null" });
  const { timedOut } = await sh("exec sleep 600", { group, timeout: 100 }).output();
  assertEquals(timedOut, true);
  assertEquals(other.tryWait(), undefined);
});
