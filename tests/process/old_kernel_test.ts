// Linux before 5.10 knows no flags of pidfd_open(2) and answers EINVAL.

import { assertEquals } from "@std/assert";
import { spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { type RuntimeName, RUNTIMES, test } from "../harness/mod.ts";
import { end, obedient } from "./children.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

function command(runtime: RuntimeName): string[] {
  if (runtime === "bun") return [`${ROOT}node_modules/.bin/bun`, "run"];
  const deno = "Bun" in globalThis ? process.env["DENO"] ?? "deno" : process.execPath;
  return [deno, "run", "--quiet", "--no-prompt", "--frozen", "--allow-ffi"];
}

for (const runtime of RUNTIMES) {
  test(`a kernel whose pidfd_open() knows no flags: processes are held and waited for all the same (${runtime})`, async () => {
    await using child = await obedient();
    // Every odd call, which is the one with the flag, of the thread that runs the script.
    const trace = ["-qq", "-o", "/dev/null", "-e", "inject=pidfd_open:error=EINVAL:when=1+2"];
    const script = [`${ROOT}tests/process/old_kernel_client.ts`, String(child.pid)];
    const client = spawn("strace", [...trace, ...command(runtime), ...script], {
      cwd: ROOT,
      stdio: ["pipe", "pipe", "inherit"],
    });
    const closed = once(client, "close");
    const lines = createInterface(client.stdout)[Symbol.asyncIterator]();
    const told = [];
    for (let step = 0; step < 3; step++) told.push((await lines.next()).value);
    assertEquals(told, ["there", "TimeoutError", "waiting"]);
    end(child.pid);
    assertEquals((await lines.next()).value, "ended");
    client.stdin.end();
    await closed;
  });
}
