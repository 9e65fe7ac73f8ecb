// commandService: when a program counts as ready, and what is said when it never is.

import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { ProcrefError, TimeoutError } from "@procref/procref/service";
import { test } from "../harness/mod.ts";
import { Program } from "./program.ts";

const BUN = fileURLToPath(new URL("../../node_modules/.bin/bun", import.meta.url));
const SERVER = [
  BUN,
  "-e",
  "Bun.serve({ port: {port}, hostname: '127.0.0.1', fetch: (r) => new Response('', " +
  "{ status: r.url.endsWith('/ready') ? 204 : 500 }) })",
] as const;

async function failure(program: Program, code: string): Promise<ProcrefError> {
  const error = await assertRejects(() => program.service.acquire(), ProcrefError);
  assertEquals(error.code, code, error.message);
  assertEquals(program.remains(), { count: 0, files: [], living: [] });
  return error;
}

for (
  const [what, line, script] of [
    ["a text on standard output", "is ready", "echo db is ready to accept"],
    ["a text on standard error", "is ready", "echo db is ready >&2"],
    ["an expression", /^port \d+$/, "echo port x; echo port 42"],
    ["an expression with the flags g and y", /ready/gy, "echo not; echo ready"],
    ["a text in a line without an end", "password:", "printf password:"],
    ["a text that comes in two pieces", "ready", "printf rea; sleep 0.05; printf dy"],
    ["a text after much else", "ready", "seq 1 30000; echo ready"],
    ["a text that is not ASCII", "prêt ✓", "echo 'prêt ✓'"],
  ] as const
) {
  test(`a command service is ready by ${what}`, async () => {
    await using program = new Program({
      command: ["sh", "-c", `${script}; exec sleep 1000`],
      ready: { line, timeout: 3000 },
    });
    await using handle = await program.service.acquire();
    assertEquals(program.living(), [handle.pid]);
  });
}

test("a line of an earlier run in the log does not count, whatever characters the log holds", async () => {
  await using program = new Program({
    command: ["sh", "-c", "echo started; exec sleep 1000"],
    ready: { line: "started", timeout: 1000 },
    log: "LOG",
  });
  writeFileSync(program.log, "started ✓ 漢字\n".repeat(1000));
  await using _handle = await program.service.acquire();
  const late = new Program({
    command: ["sh", "-c", "exec sleep 1000"],
    ready: { line: "started", timeout: 100 },
    log: program.log,
  });
  await using _late = late;
  await failure(late, "not_ready");
});

test("a line can't be looked for in a log that is no file: nothing is started", async () => {
  for (const log of ["/dev/null", "FIFO"]) {
    await using program = new Program({
      command: ["sh", "-c", 'touch "$0"; echo started; exec sleep 1000', "MARK"],
      ready: { line: "started", timeout: 1000 },
      log: log === "FIFO" ? "LOG" : log,
    });
    if (log === "FIFO") execFileSync("mkfifo", [program.log]);
    await failure(program, "not_a_file");
    assertEquals(existsSync(`${program.path}/mark`), false);
  }
});

test("a command service is ready by a line of a log of more than 2 and of 4 GiB", async () => {
  for (const size of [3 * 2 ** 30, 2 ** 32 - 1, 5 * 2 ** 30]) {
    await using program = new Program({
      command: ["sh", "-c", "echo started; exec sleep 1000"],
      ready: { line: "started", timeout: 3000 },
      log: "LOG",
    });
    writeFileSync(program.log, "");
    truncateSync(program.log, size);
    await using _handle = await program.service.acquire();
  }
});

test("the last words of a program stand at the end of a log of more than 2 GiB", async () => {
  await using program = new Program({
    command: ["sh", "-c", "echo no luck; exit 3"],
    ready: { line: "started", timeout: 3000 },
    log: "LOG",
  });
  writeFileSync(program.log, "");
  truncateSync(program.log, 3 * 2 ** 30);
  const error = await assertRejects(() => program.service.acquire(), ProcrefError);
  assertMatch(error.message, /no luck/);
});

test("a command service is ready by its port, and {port} and PORT tell it which", async () => {
  await using program = new Program({ command: SERVER, port: "free" });
  await using handle = await program.service.acquire();
  const { port } = handle;
  assert(port !== undefined && port > 0);
  assertEquals((await fetch(`http://127.0.0.1:${port}/ready`)).status, 204);
  const command = readFileSync(`/proc/${handle.pid}/cmdline`, "utf8");
  assert(command.includes(`port: ${port},`));
  const environment = readFileSync(`/proc/${handle.pid}/environ`, "utf8").split("\0");
  assert(environment.includes(`PORT=${port}`));
});

test("a command service is ready by HTTP when the status is 2xx, not before", async () => {
  const http = "http://127.0.0.1:{port}";
  await using fine = new Program({
    command: SERVER,
    port: "free",
    ready: { http: `${http}/ready` },
  });
  await using _handle = await fine.service.acquire();
  await using failing = new Program({
    command: SERVER,
    port: "free",
    ready: { http: `${http}/500`, timeout: 300 },
  });
  assertMatch((await failure(failing, "not_ready")).message, /300 ms/);
});

test("a server that accepts and never answers is not ready: the timeout is kept", async () => {
  await using program = new Program({
    command: [
      BUN,
      "-e",
      "Bun.listen({ hostname: '127.0.0.1', port: {port}, socket: { data() {} } })",
    ],
    port: "free",
    ready: { http: "http://127.0.0.1:{port}", timeout: 300 },
  });
  await program.hangs(failure(program, "not_ready"));
});

test("a command service is ready by its own check, which is asked until it says true", async () => {
  let asked = 0;
  await using program = new Program({
    command: ["sleep", "1000"],
    ready: {
      check({ pid }) {
        if (++asked === 1) throw new Error("not yet");
        return asked === 3 && pid > 0;
      },
    },
  });
  await using _handle = await program.service.acquire();
  assertEquals(asked, 3);
});

test("a check that never answers: the timeout is kept", async () => {
  await using program = new Program({
    command: ["sleep", "1000"],
    ready: { check: () => new Promise(() => {}), timeout: 200 },
  });
  await program.hangs(failure(program, "not_ready"));
});

test("a program that ends while its check never answers fails at once", async () => {
  await using program = new Program({
    command: ["sh", "-c", "exit 3"],
    ready: { check: () => new Promise(() => {}) },
  });
  await program.hangs(failure(program, "start_failed"));
});

test("everything that is named must hold", async () => {
  let ready = false;
  await using program = new Program({
    command: ["sh", "-c", "echo ready; exec sleep 1000"],
    ready: { line: "ready", check: () => ready, timeout: 200 },
  });
  await failure(program, "not_ready");
  ready = true;
  await using _handle = await program.service.acquire();
});

test("a program that is not ready in time: a TimeoutError with the timeout and its last words", async () => {
  await using program = new Program({
    command: ["sh", "-c", "echo still warming up; exec sleep 1000"],
    ready: { line: "ready", timeout: 150 },
  });
  const error = await failure(program, "not_ready");
  assert(error instanceof TimeoutError);
  assertMatch(error.message, /"sh" was not ready after 150 ms.*last words:\nstill warming up$/s);
});

for (
  const [what, script, how] of [
    ["exits", "echo no space left >&2; exit 3", /"sh" exited with code 3 .*no space left$/s],
    ["exits with 0", "echo bye", /exited with code 0 before it was ready.*bye$/s],
    ["is killed", "kill -9 $$", /was ended by SIGKILL before it was ready$/],
    ["prints much and exits", "seq 1 400000; echo the end; exit 1", /400000\nthe end$/],
  ] as const
) {
  test(`a program that ${what} before it is ready fails fast, with its last words`, async () => {
    await using program = new Program({
      command: ["sh", "-c", script],
      ready: { line: "never", timeout: 20_000 },
    });
    assertMatch((await failure(program, "start_failed")).message, how);
  });
}

test("a program that ends although nothing has to be waited for fails, or is known to be gone", async () => {
  await using program = new Program({
    command: ["sh", "-c", "exit 7"],
    ready: { check: () => true },
  });
  const outcome = await program.service.acquire().catch((error: unknown) => error);
  if (outcome instanceof Error) assert(outcome instanceof ProcrefError);
  else await (outcome as AsyncDisposable)[Symbol.asyncDispose]();
  assertEquals(program.remains(), { count: 0, files: [], living: [] });
});
