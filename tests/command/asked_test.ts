// A run that is ended with a grace is asked, the same on every system: by its signal, on Windows by the event of who
// listens.

import "./warm.ts";
import { assert, assertEquals } from "@std/assert";
import {
  Command,
  type CommandOptions,
  type RunEvent,
  type SupervisionEvent,
  Supervisor,
} from "@procref/procref/command";
import { ProcessGroup } from "@procref/procref/group";
import { isAlive } from "@procref/procref/process";
import { test } from "../harness/mod.ts";
import { Notes } from "../process/asking.ts";
import { IDLE } from "./programs.ts";

const LONG = 60_000; // ms: nobody waits for it
const STARTED = 5000; // ms, in which a runtime has started

/** A command that takes a request to end as it is told. */
function asked(notes: Notes, how: string, options: CommandOptions = {}): Command {
  const { program, args } = notes.program(how);
  return new Command(program, { timeoutGrace: LONG, ...options, args });
}

/** Runs it, and cancels the run when it can be asked. */
async function cancelled(
  command: Command,
): Promise<{ error: unknown; elapsed: number; pid: number }> {
  const controller = new AbortController();
  let begin = 0;
  let pid = 0;
  const onStdoutLine = (line: string) => {
    if (line !== "ready") return;
    begin = performance.now();
    controller.abort("enough");
  };
  const onEvent = (event: RunEvent) => void ("pid" in event && (pid = event.pid));
  const { signal } = controller;
  const error = await command.with({ onStdoutLine, onEvent, signal }).output().catch((error) =>
    error
  );
  return { error, elapsed: performance.now() - begin, pid };
}

test("a timeout with a grace asks, and kills after it; the output tells how the program took it", async () => {
  using notes = new Notes();
  const command = (how: string) => asked(notes, how, { timeout: STARTED, timeoutGrace: 2000 });
  const [polite, deaf] = await Promise.all([
    command("listens").output(),
    command("is stubborn").output(),
  ]);
  assertEquals([polite.code, polite.signal, polite.timedOut], [0, null, true]);
  assertEquals([deaf.code, deaf.signal, deaf.timedOut], [null, "SIGKILL", true]);
  assertEquals([polite.success, notes.lines.toSorted()], [false, ["asked", "stopped"]]);
  assert(deaf.duration >= STARTED + 1995, `${deaf.duration} ms`);
});

test("a cancellation with a grace asks, and rejects with its reason when the run is over", async () => {
  using notes = new Notes();
  const { error, elapsed, pid } = await cancelled(asked(notes, "listens"));
  assertEquals([error, notes.lines, isAlive(pid)], ["enough", ["stopped"], false]);
  assert(elapsed < LONG / 2);
});

test("without a grace nobody is asked, nor by SIGKILL", async () => {
  using notes = new Notes();
  for (const options of [{ timeoutGrace: 0 }, { timeoutSignal: "SIGKILL" }] as const) {
    const { error, pid } = await cancelled(asked(notes, "listens", options));
    assertEquals([error, notes.lines, isAlive(pid)], ["enough", [], false]);
  }
});

test("in a group of the user's the program alone is asked", async () => {
  using notes = new Notes();
  await using group = await ProcessGroup.create();
  const other = await group.spawn(IDLE.program, { args: IDLE.args, stdin: "null", stdout: "null" });
  const obeyed = await cancelled(asked(notes, "listens", { group }));
  assertEquals([obeyed.error, notes.lines, isAlive(obeyed.pid)], ["enough", ["stopped"], false]);
  const killed = await cancelled(asked(notes, "is stubborn", { group, timeoutGrace: 300 }));
  assertEquals([notes.lines, isAlive(killed.pid)], [["stopped", "asked"], false]);
  assert(killed.elapsed >= 295);
  assertEquals(other.tryWait(), undefined);
});

test("each stage of a pipeline is asked, and killed after its own grace", async () => {
  using notes = new Notes();
  const controller = new AbortController();
  const pids = new Set<number>();
  let ready = 0;
  const told = (line: string) => {
    if (line === "ready" && ++ready === 2) controller.abort("enough");
  };
  const onEvent = (event: RunEvent) => void ("pid" in event && pids.add(event.pid));
  const stages = [
    asked(notes, "listens", { onEvent, onStdoutLine: told }),
    asked(notes, "is stubborn", { onEvent, onStdoutLine: told, timeoutGrace: 1000 }),
  ] as const;
  const { signal } = controller;
  const error = await stages[0].pipe(stages[1]).output({ signal }).catch((error) => error);
  assertEquals([error, notes.lines.toSorted()], ["enough", ["asked", "stopped"]]);
  assertEquals([...pids].map((pid) => isAlive(pid)), [false, false]);
});

test("a supervision that is cancelled asks its program", async () => {
  using notes = new Notes();
  const controller = new AbortController();
  const onStdoutLine = (line: string) => void (line === "ready" && controller.abort("enough"));
  const supervisor = new Supervisor(asked(notes, "listens", { onStdoutLine }));
  const events: SupervisionEvent[] = [];
  const watching = (async () => {
    for await (const event of supervisor.events()) events.push(event);
  })();
  const error = await supervisor.run({ signal: controller.signal }).catch((error) => error);
  await watching;
  const pid = events.find((event) => event.type === "started")?.pid ?? 0;
  assertEquals([error, notes.lines, isAlive(pid)], ["enough", ["stopped"], false]);
});
