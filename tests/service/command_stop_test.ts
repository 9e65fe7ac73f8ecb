// commandService: everything that was launched goes, however the end comes.

import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { existsSync, readFileSync } from "node:fs";
import process from "node:process";
import { isAlive } from "@procref/procref/process";
import {
  type CommandServiceOptions,
  ProcrefError,
  type ServiceHandle,
} from "@procref/procref/service";
import { eventually, RUNTIMES, start, test } from "../harness/mod.ts";
import { ask, soon } from "./clients.ts";
import { Program } from "./program.ts";

const NOTHING = { count: 0, files: [], living: [] };

test("everything that the program launched is stopped with it, whatever session it is in", async () => {
  await using program = new Program({
    command: [
      "sh",
      "-c",
      "setsid sh -c 'sleep 1000; :' & setsid sleep 1000 & echo up; sleep 1000; :",
    ],
    ready: { line: "up" },
  });
  const handle = await program.service.acquire();
  await eventually(() => program.living().length >= 5);
  await handle.release();
  assertEquals(program.remains(), NOTHING);
});

test("what a program launched that ended too early is stopped as well", async () => {
  await using program = new Program({
    command: ["sh", "-c", "setsid sleep 1000 & exit 1"],
    ready: { line: "up" },
  });
  await assertRejects(() => program.service.acquire(), ProcrefError, "exited with code 1");
  assertEquals(program.remains(), NOTHING);
});

test("a program without an environment that is never ready is stopped", async () => {
  await using program = new Program({
    command: ["sh", "-c", 'echo $$ >"$0"; exec env -i sleep 1000', "MARK"],
    ready: { line: "up", timeout: 300 },
  });
  const error = await assertRejects(() => program.service.acquire(), ProcrefError);
  assertEquals(error.code, "not_ready");
  const pid = Number(readFileSync(`${program.path}/mark`, "utf8"));
  const lives = isAlive(pid);
  if (lives) process.kill(pid, "SIGKILL");
  assertEquals([lives, program.remains()], [false, NOTHING]);
});

test("the program is asked to stop by the signal of the policy", async () => {
  await using program = new Program({
    command: ["sh", "-c", "trap 'echo asked; exit' USR1; echo up; while :; do sleep 0.01; done"],
    stop: { signal: "SIGUSR1" },
    log: "LOG",
    ready: { line: "up" },
  });
  await (await program.service.acquire()).release();
  assertEquals(readFileSync(program.log, "utf8"), "up\nasked\n");
});

test("a program that does not obey is killed after the policy's timeout", async () => {
  await using program = new Program({
    command: ["sh", "-c", "trap '' TERM; echo up; exec sleep 1000"],
    stop: { timeout: 100 },
    ready: { line: "up" },
  });
  const handle = await program.service.acquire();
  const before = performance.now();
  await handle.release();
  const took = performance.now() - before;
  assertEquals([isAlive(handle.pid), program.remains()], [false, NOTHING]);
  assert(took >= 95 && took < 1500, `${took} ms`);
});

test("a program that has died is replaced at the next acquire, with what it left behind", async () => {
  await using program = new Program({
    command: ["sh", "-c", "setsid sleep 1000 & echo up; exec sleep 1000"],
    ready: { line: "up" },
  });
  await using first = await program.service.acquire();
  process.kill(first.pid, "SIGKILL");
  await eventually(() => !isAlive(first.pid));
  await using second = await program.service.acquire();
  await eventually(() => program.living().length === 2);
  assert(program.living().includes(second.pid));
});

test("two command services can be started at once in one process, each with its own processes", async () => {
  const options: CommandServiceOptions = {
    command: ["sh", "-c", "sleep 1000 & echo up; exec sleep 1000"],
    ready: { line: "up" },
  };
  await using one = new Program(options);
  await using other = new Program(options);
  const handles = await Promise.all([one, other].map(({ service }) => service.acquire()));
  await handles[0]?.release();
  await eventually(() => other.living().length === 2);
  assertEquals([one.remains(), other.service.count()], [NOTHING, 1]);
  await handles[1]?.release();
});

test("a command service inside the start of another keeps its processes to itself", async () => {
  await using inner = new Program({
    command: ["sh", "-c", "echo up; exec sleep 1000"],
    ready: { line: "up" },
  });
  let kept: ServiceHandle | undefined;
  await using outer = new Program({
    command: ["sh", "-c", "echo up; exec sleep 1000"],
    ready: {
      async check() {
        kept ??= await inner.service.acquire();
        return true;
      },
    },
  });
  await (await outer.service.acquire()).release();
  assertEquals([inner.living().length, inner.service.count()], [1, 1]);
  await kept?.release();
});

for (const runtime of RUNTIMES) {
  for (const when of ["at once", "when it has begun", "when all runs"] as const) {
    test(`a starter that is killed between launch and readiness (${when}) leaves nothing (${runtime})`, async () => {
      await using program = new Program({ command: ["sleep", "1000"] });
      const args = [program.name, program.path, program.mark];
      const script = new URL("./command_client.ts", import.meta.url);
      await using starter = start(runtime, script, { args });
      assertEquals(await starter.line(), "up");
      starter.tell("acquire");
      const enough = { "at once": 0, "when it has begun": 1, "when all runs": 2 }[when];
      await eventually(() => program.living().length >= enough);
      starter.signal("SIGKILL");
      await starter.ended;
      await eventually(() => program.service.count() === 0 && program.remains().files.length === 0);
      assertEquals(program.remains(), NOTHING);
    });
  }

  test(`a starter that is killed before it records a program without an environment leaves nothing (${runtime})`, async () => {
    await using program = new Program({ command: ["sleep", "1000"] });
    const flag = `${program.path}/flag`;
    const script = new URL("./command_client.ts", import.meta.url);
    await using starter = start(runtime, script, {
      args: [program.name, program.path, program.mark, "ready", `${program.path}/pid`],
      env: { PROCREF_PAUSE: `acquire:started ${flag}` },
    });
    assertEquals(await starter.line(), "up");
    starter.tell("acquire");
    await eventually(() => existsSync(flag));
    const pid = Number(readFileSync(`${program.path}/pid`, "utf8"));
    assert(isAlive(pid));
    starter.signal("SIGKILL");
    await starter.ended;
    await eventually(() => program.service.count() === 0 && program.remains().files.length === 0);
    const lives = isAlive(pid);
    if (lives) process.kill(pid, "SIGKILL");
    assertEquals([lives, program.remains()], [false, NOTHING]);
  });

  test(`kill -9 of the last client of a command service stops everything it launched (${runtime})`, async () => {
    await using program = new Program({ command: ["sleep", "1000"] });
    const args = [program.name, program.path, program.mark, "ready"];
    const script = new URL("./command_client.ts", import.meta.url);
    await using client = start(runtime, script, { args });
    assertEquals(await client.line(), "up");
    assertMatch(await soon(ask(client, "acquire"), 5000), /^acquired/);
    await eventually(() => program.living().length === 2);
    client.signal("SIGKILL");
    await eventually(() =>
      program.remains().living.length === 0 && program.remains().files.length === 0
    );
  });
}
