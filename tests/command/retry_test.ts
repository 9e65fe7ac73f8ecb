import "./warm.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  Command,
  CommandError,
  RecordingRunner,
  type RunEvent,
  ScriptedRunner,
  UnsupportedError,
} from "@procref/procref/command";
import { temporaryDirectory, test } from "../harness/mod.ts";
import { idle, run } from "./programs.ts";

/** Fails until it has run `times` times; counts in a file. */
function failing(directory: string, times: number): Command {
  const file = `${directory}/count`;
  const line = `echo x >>${file}; n=$(wc -l <${file}); echo $n; [ $n -ge ${times} ]`;
  return run(line, [`note ${file}`, `least ${times} ${file}`]);
}

test("a failed run is tried again, until it succeeds", async () => {
  using directory = temporaryDirectory();
  const command = failing(directory.path, 3).with({ retry: { attempts: 5, backoff: 1 } });
  assertEquals(await command.run(), "3");
});

test("the last attempt's failure is the result", async () => {
  using directory = temporaryDirectory();
  const command = failing(directory.path, 9).with({ retry: { attempts: 3, backoff: 0 } });
  const error = await assertRejects(() => command.run(), CommandError);
  assertEquals(error.stdout, "3\n");
  assertEquals((await command.output()).stdout, "6\n");
});

test("a predicate decides what is worth another attempt", async () => {
  using directory = temporaryDirectory();
  const seen: unknown[] = [];
  const when = (error: unknown) => {
    seen.push(error);
    return seen.length < 2;
  };
  const command = failing(directory.path, 9).with({ retry: { attempts: 5, backoff: 0, when } });
  assertEquals((await command.output()).stdout, "2\n");
  assertEquals(seen.map((error) => error instanceof CommandError && error.exitCode), [1, 1]);
});

test("a missing program, a cancellation and a source that is read once are not tried again", async () => {
  const retry = { attempts: 1000, backoff: 60_000 };
  await assertRejects(() => new Command("no-such-program-at-all", { retry }).run());
  const controller = new AbortController();
  const command = Command.shell("exit 1", { retry, signal: controller.signal });
  setTimeout(() => controller.abort(new Error("enough")), 30);
  await assertRejects(() => command.run(), Error, "enough");
  const stdin = new ReadableStream<Uint8Array>({ start: (controller) => controller.close() });
  const error = await assertRejects(
    () => Command.shell("exit 3", { retry, stdin }).run(),
    CommandError,
  );
  assertEquals(error.exitCode, 3);
});

test("a mistake in the caller's own code is not tried again", async () => {
  let lines = 0;
  const onStdoutLine = () => {
    lines++;
    throw new TypeError("a mistake");
  };
  const retry = { attempts: 3, backoff: 0, when: () => true };
  await assertRejects(() => Command.shell("echo a", { onStdoutLine, retry }).run(), TypeError);
  assertEquals(lines, 1);
});

test("what this system can't do is not tried again", async () => {
  const runner = new RecordingRunner(
    new ScriptedRunner().otherwise(new UnsupportedError("That", "here")),
  );
  const retry = { attempts: 3, backoff: 0, when: () => true };
  await assertRejects(() => new Command("x", { runner, retry }).run(), UnsupportedError);
  assertEquals(runner.calls.length, 1);
});

test("probe() and exitCode() are answered by any code, without another attempt", async () => {
  using directory = temporaryDirectory();
  const command = failing(directory.path, 9).with({ retry: { attempts: 3, backoff: 0 } });
  assertEquals(await command.probe(), false);
  assertEquals(await command.exitCode(), 1);
  assertEquals((await command.with({ retry: { attempts: 1 } }).output()).stdout, "3\n");
});

test("events tell what happens to each run, in order", async () => {
  const events: RunEvent[] = [];
  const onEvent = (event: RunEvent) => {
    events.push(event);
    throw new Error("nobody's concern");
  };
  const options = { retry: { attempts: 2, backoff: 0 }, timeout: 100, onEvent };
  const command = idle(options);
  const { timedOut } = await command.output();
  assertEquals(timedOut, true);
  assertEquals(events.map(({ type }) => type), [
    "started",
    "timed-out",
    "ended",
    "retry",
    "started",
    "timed-out",
    "ended",
  ]);
  assert(events.every(({ commandLine }) => commandLine === command.commandLine));
});
