// Processes to look at on Windows: cmd.exe, which waits for a key that nobody presses.

import { spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";

/** A pid that nobody has. */
export const NO_PID = 999_999_996;

/** A child of the test. Leaving its scope ends it. */
export interface Child extends AsyncDisposable {
  readonly pid: number;
  /** Its exit code, once it has ended. Bun tells the lowest 8 bits only. */
  readonly ended: Promise<number>;
}

/** A process that does nothing, for ever. */
export async function idler(): Promise<Child> {
  const child = spawn("cmd.exe", ["/q", "/c", "echo ready& pause"], {
    stdio: ["pipe", "pipe", "ignore"],
  });
  const { pid, stdout } = child;
  if (pid === undefined || stdout === null) throw new Error("cmd.exe did not start");
  const ended = once(child, "close").then(([code]) => code);
  await once(stdout, "data");
  stdout.resume();
  return {
    pid,
    ended,
    async [Symbol.asyncDispose]() {
      end(pid);
      await ended;
    },
  };
}

/** Ends a process by the runtime, not by what is under test. */
export function end(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended.
  }
}
