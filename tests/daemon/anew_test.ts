// The program is started anew as it was started: flags, permissions, arguments, wherever its code comes from.

import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { daemonize, SharedChild, UnsupportedError } from "@procref/procref";
import { OWN, test } from "../harness/mod.ts";
import { BUN, command, DENO, Stage } from "./stage.ts";
import type { Told } from "./told.ts";

const ROOT = new URL("../../", import.meta.url);
const PROGRAM = fileURLToPath(new URL("./program.ts", import.meta.url));
const FLAGS = fileURLToPath(new URL("./flags.ts", import.meta.url));
const MODULE = fileURLToPath(new URL("src/daemon/mod.ts", ROOT));

/** A program in a few lines. */
const source = (stage: Stage, module = MODULE) =>
  `const { daemonize } = await import(${JSON.stringify(module)});
   const daemon = await daemonize({ pidFile: ${JSON.stringify(stage.pidFile)} });
   daemon.ready("up"); setInterval(() => {}, 1000);`;

test("a daemon of `deno run` has its permissions, its other flags and its arguments", async () => {
  await using stage = new Stage();
  const flags = [
    "--allow-ffi",
    `--allow-write=${stage.file("")}`,
    "--deny-net",
    "--location",
    "http://here.example/",
    "--v8-flags=--stack-size=900",
  ];
  const args = [stage.file("report"), "--allow-all", "a b", "", "--", "$HOME"];
  const launcher = await stage.run([...command("deno", FLAGS, flags), ...args]);
  assertEquals([launcher.code, launcher.errors], [0, ""]);
  assertEquals(JSON.parse(await stage.written("report")), {
    args: args.slice(1),
    location: "http://here.example/",
    write: "granted",
    elsewhere: "prompt",
    read: "prompt",
    net: "denied",
  });
});

test("a daemon of Bun has its flags and arguments", async () => {
  await using stage = new Stage();
  const told: Told = { steps: [["ready"], ["report", stage.file("report")]] };
  const words = [
    "--smol",
    "--define",
    "X:1",
    PROGRAM,
    JSON.stringify(told),
    "a b",
    "",
    "--",
    "$HOME",
  ];
  assertEquals((await stage.run([BUN, ...words])).code, 0);
  const { words: args, identity } = await stage.report();
  assertEquals(args, ["a b", "", "--", "$HOME"]);
  const line = readFileSync(`/proc/${identity.pid}/cmdline`, "utf8").split("\0").slice(1, -1);
  assertEquals(line, words);
});

test("a binary of `bun build --compile` becomes a daemon", async () => {
  await using stage = new Stage();
  const binary = stage.file("program");
  execFileSync(BUN, ["build", "--compile", PROGRAM, "--outfile", binary], {
    stdio: "pipe",
    cwd: fileURLToPath(ROOT),
  });
  const told: Told = {
    options: { pidFile: stage.pidFile },
    steps: [["ready", "up"], ["report", stage.file("report")]],
  };
  // No runtime on the PATH: the binary starts itself.
  const env = { PATH: "/usr/bin:/bin" };
  const launcher = await stage.run([binary, JSON.stringify(told), "one"], { env });
  assertEquals([launcher.code, launcher.output], [0, "up\n"]);
  assertEquals((await stage.report()).words, ["one"]);
});

test("a program that `deno run` takes from a URL becomes a daemon", async () => {
  await using stage = new Stage();
  const server = createServer((request, response) => {
    const path = (request.url ?? "").slice(1);
    const file = new URL(path, ROOT);
    const own = path === "daemon.ts";
    response.writeHead(own || existsSync(file) ? 200 : 404, {
      "content-type": "application/typescript",
      connection: "close",
    });
    response.end(own ? source(stage, "./src/daemon/mod.ts") : readFileSync(file));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  try {
    const url = `http://127.0.0.1:${port}/daemon.ts`;
    const flags = ["--quiet", "--no-config", "--no-lock", "--allow-all"];
    const env = { DENO_DIR: stage.file("cache") };
    const launcher = await stage.run([DENO, "run", ...flags, url], { env, cwd: stage.file("") });
    assertEquals([launcher.code, launcher.output], [0, "up\n"], launcher.errors);
    assertEquals(stage.living().length, 1);
  } finally {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  }
});

test("a program on the command line becomes a daemon, one from standard input is refused", async () => {
  await using stage = new Stage();
  const script = stage.file("program.mjs");
  writeFileSync(script, source(stage));
  const evaluated = [[DENO, "eval", source(stage)], [BUN, "-e", source(stage)]] as const;
  for (const line of evaluated) {
    const launcher = await stage.run([...line]);
    assertEquals([launcher.code, launcher.output], [0, "up\n"], launcher.errors);
    for (const pid of stage.living()) process.kill(pid, "SIGKILL");
    while (stage.living().length > 0) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const piped = [[DENO, "run", "--allow-all", "-"], [BUN, "run", "-"]] as const;
  for (const line of piped) {
    const launcher = await stage.run([...line], { input: readFileSync(script, "utf8") });
    assertEquals([launcher.code, launcher.output], [1, ""]);
    assertStringIncludes(launcher.errors, "from standard input");
  }
  assertEquals(stage.living(), []);
});

test("a test runner is not started a second time", async () => {
  await assertRejects(() => daemonize(), UnsupportedError, "test runner");
});

for (const runtime of OWN) {
  test(`what can't be started anew as it was is refused: a Worker, --watch (${runtime})`, async () => {
    await using stage = new Stage();
    const worker = stage.file("worker.mjs");
    writeFileSync(
      worker,
      `const { daemonize } = await import(${JSON.stringify(MODULE)});
       await daemonize().catch((error) => postMessage(error.message));`,
    );
    const main = stage.file("main.mjs");
    writeFileSync(
      main,
      `const worker = new Worker(new URL("./worker.mjs", import.meta.url), { type: "module" });
       worker.onmessage = ({ data }) => { console.log(data); worker.terminate(); };`,
    );
    const outcome = await stage.run(command(runtime, main));
    assertStringIncludes(outcome.output, "a Worker");

    const script = stage.file("program.mjs");
    writeFileSync(
      script,
      `const { daemonize } = await import(${JSON.stringify(MODULE)});
       await daemonize().catch((error) => console.log(error.message));`,
    );
    const [program, ...args] = runtime === "bun"
      ? [BUN, "--watch", script]
      : [DENO, "run", "--allow-ffi", "--watch", script];
    await using watcher = SharedChild.spawn(program, { args, stdin: "null", stdout: "piped" });
    const reader = watcher.takeStdout()?.getReader();
    assertStringIncludes(new TextDecoder().decode((await reader?.read())?.value), "--watch");
    await reader?.cancel();
    assertEquals(stage.living(), []);
  });
}

test("a program that has overwritten its command line is told so", async () => {
  await using stage = new Stage();
  const script = stage.file("program.mjs");
  writeFileSync(script, `process.title = "short"; ${source(stage)}`);
  const launcher = await stage.run([...command("deno", script), "an argument"]);
  assertStringIncludes(launcher.errors, "process.title");
  assertEquals(launcher.code, 1);
});
