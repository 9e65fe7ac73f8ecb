import { assertEquals, assertStringIncludes } from "@std/assert";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { daemonStatus, stopDaemon } from "@procref/procref/daemon";
import { hostContainment } from "@procref/procref/group";
import { freePort } from "../../src/ready/port.ts";
import { DENO } from "../examples/client_process.ts";
import { OWN, type RuntimeName, start, temporaryDirectory, test } from "../harness/mod.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const FOLDER = new URL("../../docs/systemd/", import.meta.url);
const SCRIPT = new URL("./hello.ts", FOLDER);
const SESSION = fileURLToPath(new URL("./systemd_session.sh", import.meta.url));
const FLAGS = ["--allow-ffi", "--allow-net"];

async function visit(port: number): Promise<string> {
  return await (await fetch(`http://127.0.0.1:${port}`, { headers: { connection: "close" } }))
    .text();
}

for (const runtime of OWN) {
  test(`docs/systemd: from a shell, hello.ts in ${runtime} comes back when it listens`, async () => {
    using directory = temporaryDirectory();
    const pidFile = `${directory.path}/hello.pid`;
    const port = freePort();
    const args = [pidFile, `${port}`];
    await using launcher = start(runtime, SCRIPT, { flags: FLAGS, args });
    try {
      assertEquals(await launcher.line(), `listening on port ${port}`);
      assertEquals(await launcher.ended, 0);
      assertEquals(await visit(port), "visit 1\n");
      assertEquals((await daemonStatus(pidFile)).running, true);
    } finally {
      assertEquals(await stopDaemon(pidFile), "terminated");
    }
  });

  const title = `docs/systemd: systemd starts, reloads and stops hello.service, with ${runtime}`;
  test(title, async () => {
    if (!hasSystemd()) return;
    using directory = temporaryDirectory();
    const port = freePort();
    const unit = `${directory.path}/hello.service`;
    writeFileSync(
      unit,
      here(readFileSync(new URL("./hello.service", FOLDER), "utf8"), runtime, port),
    );
    const session = spawn("sh", [SESSION, unit], { stdio: ["pipe", "pipe", "inherit"] });
    const lines = createInterface(session.stdout)[Symbol.asyncIterator]();
    const next = async () => (await lines.next()).value ?? "";
    const systemctl = async (...args: string[]) => {
      session.stdin.write(`systemctl --user ${args.join(" ")}; echo $?\n`);
      return await next();
    };
    try {
      assertEquals(await next(), "ready");
      assertEquals(await systemctl("start", "hello"), "0");
      assertEquals([await visit(port), await visit(port)], ["visit 1\n", "visit 2\n"]);
      assertEquals(
        await systemctl("show", "hello", "--property=StatusText"),
        `StatusText=listening on port ${port}`,
      );
      assertEquals(await next(), "0");
      assertEquals(await systemctl("reload", "hello"), "0");
      while (await visit(port) !== "visit 1\n"); // SIGHUP comes when it comes
      assertEquals(await systemctl("stop", "hello"), "0");
      assertEquals(await systemctl("is-active", "hello"), "inactive");
    } finally {
      session.stdin.end();
      await once(session, "close");
    }
  });
}

test("docs/systemd: systemd finds nothing wrong with hello.service", () => {
  if (!existsSync("/usr/bin/systemd-analyze")) return;
  using directory = temporaryDirectory();
  const unit = `${directory.path}/hello.service`;
  writeFileSync(unit, here(readFileSync(new URL("./hello.service", FOLDER), "utf8"), "deno", 8080));
  const { stderr, status } = spawnSync("systemd-analyze", ["verify", unit], { encoding: "utf8" });
  assertEquals([status, stderr], [0, ""]);
});

/** The unit, with this machine's paths in the place of the example's. */
function here(unit: string, runtime: RuntimeName, port: number): string {
  const [program, flags] = runtime === "deno"
    ? [`${DENO} run --no-prompt --config ${ROOT}deno.json`, FLAGS.join(" ")] as const
    : [`${ROOT}node_modules/.bin/bun run`, ""] as const;
  const line = `ExecStart=/usr/local/bin/deno run ${FLAGS.join(" ")} /opt/hello/hello.ts`;
  assertStringIncludes(unit, line);
  const command = `${program} ${flags} ${fileURLToPath(SCRIPT)} %t/hello/hello.pid ${port}`;
  return unit.replace(line, `ExecStart=${command}`);
}

/** Whether a systemd of our own can run here: it wants root, and a cgroup. */
function hasSystemd(): boolean {
  return process.getuid?.() === 0 && existsSync("/usr/lib/systemd/systemd") &&
    hostContainment().mechanism === "cgroup_v2";
}
