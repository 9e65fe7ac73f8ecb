import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Command, CommandError, isTransient } from "@procref/procref/command";
import { ProcessGroup } from "@procref/procref/group";
import { isAlive } from "@procref/procref/process";
import { idle } from "../command/programs.ts";
import { eventually, OWN, start, temporaryDirectory, windowsTest as test } from "../harness/mod.ts";
import { Notes } from "../process/asking.ts";
import { end } from "./children.ts";
import { cmd, take } from "./commands.ts";

const LONG = "echo begin& ping -n 1000 127.0.0.1 >nul";

test("a timeout is data for output(), with what was written before", async () => {
  const output = await cmd(LONG, { timeout: 1000 }).output();
  assertEquals(output.stdout, "begin\r\n");
  assertEquals([output.timedOut, output.success, output.signal], [true, false, "SIGKILL"]);
  assert(output.duration >= 999);
});

test("a timeout is an error where success, a code or an answer is asked for", async () => {
  const command = cmd(LONG, { timeout: 100 });
  for (
    const verb of [
      () => command.run(),
      () => command.exitCode(),
      () => command.firstLine("no such line"),
      () => Array.fromAsync(command.lines()),
    ]
  ) {
    const error = await assertRejects(verb);
    assertInstanceOf(error, CommandError);
    assertEquals([error.name, error.code, error.timedOut], ["TimeoutError", "timeout", true]);
    assertEquals(error.message, "`cmd` ran longer than 100 ms");
    assert(isTransient(error));
  }
});

test("the signal of a timeout ends a run in which nobody listens at once, with its name", async () => {
  for (const timeoutSignal of ["SIGTERM", "SIGINT"] as const) {
    const options = { timeout: 200, timeoutSignal, timeoutGrace: 60_000 };
    const { signal, timedOut } = await cmd(LONG, options).output();
    assertEquals([signal, timedOut], [timeoutSignal, true]);
  }
});

test("a listener below a program that does not listen is asked, and has the grace", async () => {
  using notes = new Notes();
  const { program, args } = notes.program("listens");
  const timeout = 5000; // by then the runtime has started
  const wrapped = new Command("cmd", {
    args: ["/q", "/c", program, ...args],
    timeout,
    timeoutGrace: 60_000,
  });
  const { timedOut, signal, duration } = await wrapped.output();
  assertEquals([timedOut, notes.lines], [true, ["stopped"]]);
  assert(signal === "SIGTERM" || signal === null);
  assert(duration < 30_000);
});

test("silence can be a timeout of its own", async () => {
  const silent = cmd(LONG, { inactivityTimeout: 1000 });
  const output = await silent.output();
  assertEquals([output.stdout, output.timedOut], ["begin\r\n", true]);
  const talking = cmd("ping -n 3 127.0.0.1", { inactivityTimeout: 20_000, timeout: 60_000 });
  assertEquals((await talking.output()).timedOut, false);
});

test("a cancellation rejects with its own reason, whatever the verb", async () => {
  const verbs = (command: Command, signal: AbortSignal) => [
    () => command.output({ signal }),
    () => command.run({ signal }),
    () => command.firstLine("x", { signal }),
    () => Array.fromAsync(command.lines({ signal })),
    () => command.pipe(cmd("more")).output({ signal }),
  ];
  for (let verb = 0; verb < 5; verb++) {
    const controller = new AbortController();
    const reason = new Error(`enough ${verb}`);
    setTimeout(() => controller.abort(reason), 30);
    const run = verbs(idle(), controller.signal)[verb];
    assertEquals(await run?.().catch((error) => error), reason);
  }
});

test("a cancellation before the start starts nothing", async () => {
  using directory = temporaryDirectory();
  const file = join(directory.path, "started");
  const reason = new Error("never mind");
  const command = cmd(`echo x>"${file}"`, { signal: AbortSignal.abort(reason) });
  assertEquals(await command.output().catch((error) => error), reason);
  assertEquals(await command.start().catch((error) => error), reason);
  assertEquals(await command.pipe(cmd("more")).output().catch((error) => error), reason);
  assertEquals(existsSync(file), false);
});

test("a cancellation wins over a timeout", async () => {
  const signal = AbortSignal.timeout(50);
  const command = idle({ signal, timeout: 60_000, inactivityTimeout: 60_000 });
  const error = await assertRejects(() => command.output(), DOMException);
  assertEquals(error, signal.reason);
});

test("whatever way a run ends, nothing that it has started is left", async () => {
  const pids: number[] = [];
  const quiet = { onStdoutLine: (line: string) => void pids.push(Number(line)) };
  await take(["leave", "leave", "exit 0"], quiet).output();
  await take(["leave", "exit 1"], quiet).run().catch(() => {});
  await take(["leave", "hang"], { ...quiet, timeout: 5000 }).output();
  const throwing = { ...quiet, onStderrLine: () => Promise.reject(new Error("x")) };
  await take(["leave", "err x\n", "hang"], throwing).output().catch(() => {});
  const controller = new AbortController();
  const cancelling = { ...quiet, onStderrLine: () => controller.abort() };
  const cancelled = take(["leave", "err x\n", "hang"], cancelling);
  await cancelled.output({ signal: controller.signal }).catch(() => {});
  {
    await using process = await take(["leave", "err x\n", "hang"], quiet).start();
    await process.waitForLine("x");
  }
  assert(pids.length >= 6, `${pids.length} pids`);
  assertEquals(pids.filter((pid) => pid > 0 && isAlive(pid)), []);
});

test("a grandchild that keeps the pipe does not hang the run, nor lose what was written", async () => {
  const { stdout, code } = await take(["out hi\n", "hold", "exit 0"]).output();
  assertEquals([stdout.startsWith("hi\n"), code], [true, 0]);
  const pid = Number(/\n(\d+)/.exec(stdout)?.[1]);
  assertEquals(isAlive(pid), false);
});

test("in a group of the user's, a grandchild that keeps the pipe lives on, and nobody waits for it", async () => {
  await using group = await ProcessGroup.create();
  const { stdout } = await take(["hold", "exit 0"], { group }).output();
  assert(isAlive(Number(/^\d+/.exec(stdout)?.[0])));
});

test("in a group of the user's a timeout ends only the program", async () => {
  await using group = await ProcessGroup.create();
  const quiet = { stdin: "null", stdout: "null" } as const;
  const other = await group.spawn("ping", { args: ["-n", "1000", "127.0.0.1"], ...quiet });
  const { timedOut } = await idle({ group, timeout: 100 }).output();
  assertEquals([timedOut, other.tryWait()], [true, undefined]);
});

for (const runtime of OWN) {
  test(`no command outlives the owner that is terminated, nor what it has started, in ${runtime}`, async () => {
    await using owner = start(runtime, new URL("command_owner.ts", import.meta.url));
    const pids = (await owner.line()).split(" ").map(Number);
    assertEquals(pids.map((pid) => isAlive(pid)), pids.map(() => true));
    end(owner.pid);
    await owner.ended;
    await eventually(() => !pids.some((pid) => isAlive(pid)));
  });
}
