// Tampering with the system calls of a process that runs (strace(1), `-e inject`).

import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { eventually } from "../harness/mod.ts";

/** Traces a process, with these arguments of strace, until the end of the scope. */
export async function traced(pid: number, trace: readonly string[]): Promise<AsyncDisposable> {
  const args = ["-qq", "-o", "/dev/null", ...trace, "-p", String(pid)];
  const strace = spawn("strace", args, { stdio: "ignore" });
  const closed = once(strace, "close");
  await eventually(() => /^TracerPid:\s*[1-9]/m.test(readFileSync(`/proc/${pid}/status`, "utf8")));
  return {
    async [Symbol.asyncDispose]() {
      if (strace.exitCode === null) strace.kill("SIGTERM");
      await closed;
    },
  };
}
