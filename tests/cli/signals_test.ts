import { assertEquals } from "@std/assert";
import process from "node:process";
import { Signals } from "../../src/cli/job/signals.ts";
import { eventually, OWN, test, uniqueName } from "../harness/mod.ts";
import { inTerminal, printed, procref, quoted, run, Running, SLEEP, start } from "./cli.ts";

const SIGNALS = ["HUP", "INT", "QUIT", "TERM", "USR1", "USR2", "WINCH"] as const;

// Prints each signal it gets, and ends at a line of input.
const LISTENER = `${
  SIGNALS.map((name) => `trap 'echo got ${name}' ${name}`).join("; ")
}; echo ready; while :; do read -r line && exit 9; done`;

const LOCK = `test-${crypto.randomUUID()}`;

const WRAPPERS: readonly (readonly [string, () => string[]])[] = [
  ["with", () => ["with", uniqueName("cli"), "--start", SLEEP]],
  ["lock", () => ["lock", LOCK]],
  ["run", () => ["run"]],
  ["run --mechanism process_group", () => ["run", "--mechanism", "process_group"]],
];

const count = (text: string, word: string) => text.split(word).length - 1;

for (const runtime of OWN) {
  for (const [title, words] of WRAPPERS) {
    test(`${runtime}: signals to procref ${title} reach the command, once each`, async () => {
      await using running = start(runtime, [...words(), "--", "sh", "-c", LISTENER]);
      await printed(running, "ready");
      for (const name of SIGNALS) {
        running.signal(`SIG${name}`);
        await printed(running, `got ${name}`);
      }
      running.type("\n");
      const { code, out } = await running.ended;
      assertEquals(code, 9);
      for (const name of SIGNALS) assertEquals([name, count(out, `got ${name}`)], [name, 1]);
      if (title === "lock") await run(runtime, ["lock", LOCK, "--unlink"]);
    });

    test(`${runtime}: signals to the whole group of procref ${title} reach the command once`, async () => {
      const setting = { ownGroup: true };
      await using running = start(runtime, [...words(), "--", "sh", "-c", LISTENER], setting);
      await printed(running, "ready");
      for (const name of SIGNALS) {
        running.signalGroup(`SIG${name}`);
        await printed(running, `got ${name}`);
      }
      running.type("\n");
      const { code, out } = await running.ended;
      assertEquals(code, 9);
      for (const name of SIGNALS) assertEquals([name, count(out, `got ${name}`)], [name, 1]);
      if (title === "lock") await run(runtime, ["lock", LOCK, "--unlink"]);
    });
  }

  test(`${runtime}: Ctrl-C in a terminal reaches the command once, and procref stays until it ends`, async () => {
    const words = [...procref(runtime), "with", uniqueName("cli"), "--start", SLEEP];
    const command = `trap 'echo got INT' INT; echo ready; read line; read line; echo bye; exit 9`;
    await using running = inTerminal([...words, "--", "bash", "-c", command].map(quoted).join(" "));
    await printed(running, "ready");
    running.type("\x03");
    await printed(running, "got INT");
    running.type("one\ntwo\n");
    await printed(running, "bye");
    const { code, out } = await running.ended;
    assertEquals([code, count(out, "got INT")], [9, 1]);
  });

  test(`${runtime}: an interactive command has the terminal`, async () => {
    const words = [...procref(runtime), "with", uniqueName("cli"), "--start", SLEEP];
    const command =
      "test -t 0 && test -t 1 && echo ready; read line </dev/tty; echo you said $line";
    await using running = inTerminal([...words, "--", "sh", "-c", command].map(quoted).join(" "));
    await printed(running, "ready");
    running.type("hello\n");
    await printed(running, "you said hello");
    assertEquals((await running.ended).code, 0);
  });

  test(`${runtime}: Ctrl-Z stops procref and its command as one job, and fg continues them`, async () => {
    const words = [...procref(runtime), "with", uniqueName("cli"), "--start", SLEEP, "--"];
    const command = ["sh", "-c", "echo ready; read line; echo you said $line; exit 9"];
    await using shell = inTerminal("bash --norc -i");
    await printed(shell, "# ");
    shell.type(`${[...words, ...command].map(quoted).join(" ")}\n`);
    await printed(shell, /\rready/);
    shell.type("\x1a");
    await printed(shell, "Stopped");
    shell.type("fg >/dev/null; echo code $?\n");
    await new Promise((resolve) => setTimeout(resolve, 300));
    shell.type("hello\n");
    await printed(shell, "you said hello");
    await printed(shell, "code 9");
    shell.type("exit\n");
    await shell.ended;
  });

  test(`${runtime}: what nohup ignores, the command ignores`, async () => {
    const words = [...procref(runtime), "run", "--", "sh", "-c", "kill -HUP $$; echo alive"];
    const line = `trap '' HUP; exec ${words.map(quoted).join(" ")}`;
    await using running = inTerminal(`sh -c ${quoted(line)}`);
    await printed(running, "alive");
    await running.ended;
  });

  test(`${runtime}: a command is not made to ignore SIGPIPE`, async () => {
    const { code, out } = await run(runtime, [
      "run",
      "--",
      "bash",
      "-c",
      "yes | head -n 1; exit ${PIPESTATUS[0]}",
    ]);
    assertEquals([code, out], [141, "y\n"]);
  });
}

test("a signal that comes while the command is being started is the command's", async () => {
  using signals = new Signals();
  process.kill(process.pid, "SIGTERM");
  await new Promise((resolve) => signals.given.addEventListener("abort", resolve));
  const got: string[] = [];
  signals.attach({ keeper: undefined, sendSignal: (signal) => got.push(signal) });
  await new Promise((resolve) => setTimeout(resolve, 5));
  assertEquals(got, ["SIGTERM"]);
});

for (const runtime of OWN) {
  test(`${runtime}: a command that may not be signalled is told of, and runs on`, async () => {
    if (process.getuid?.() !== 0) return;
    // As root without CAP_KILL; the command becomes another user.
    const dropped = ["setpriv", "--bounding-set", "-kill", "--inh-caps", "-kill"];
    const command = ["setpriv", "--reuid", "65534", "--clear-groups"];
    const words = ["sh", "-c", "echo ready; read line; exit 9"];
    await using running = new Running([
      ...dropped,
      ...procref(runtime),
      ...["run", "--", ...command, ...words],
    ]);
    await printed(running, "ready");
    running.signal("SIGTERM");
    await eventually(() => running.err.includes("SIGTERM cannot be passed on"));
    running.type("\n");
    assertEquals((await running.ended).code, 9);
  });
}
