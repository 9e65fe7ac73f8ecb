// Processes to look at: small shell scripts, which say by a line that they are where the test wants them.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import process from "node:process";
import { createInterface } from "node:readline";
import { parseStat } from "../../src/process/linux.ts";
import { eventually } from "../harness/mod.ts";

/** A pid that no system hands out (proc(5), pid_max: at most 2^22). */
export const NO_PID = 999_999_999;

/** A child of the test. Leaving its scope kills it. */
export interface Child extends AsyncDisposable {
  readonly pid: number;
  /** The first line it printed. */
  readonly line: string;
  /** Its exit code or signal, once it has ended. */
  readonly ended: Promise<number | string>;
}

/** Ends when asked. */
export function obedient(): Promise<Child> {
  return shell("echo ready; exec sleep 60");
}

/** Does not end when asked: the ignored SIGTERM stays ignored across exec. */
export function stubborn(): Promise<Child> {
  return shell("trap '' TERM; echo ready; exec sleep 60");
}

/** Runs a shell script until its first line. */
export async function shell(script: string): Promise<Child> {
  const child = spawn("/bin/sh", ["-c", script], { stdio: ["ignore", "pipe", "inherit"] });
  const { pid, stdout } = child;
  if (pid === undefined) throw new Error("/bin/sh did not start");
  const ended = once(child, "exit").then(([code, signal]) => code ?? signal);
  const { value: line = "" } = await createInterface(stdout)[Symbol.asyncIterator]().next();
  return {
    pid,
    line,
    ended,
    async [Symbol.asyncDispose]() {
      end(pid);
      await ended;
      stdout.destroy();
    },
  };
}

/** SIGKILL by the runtime, not by what is under test. */
export function end(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended.
  }
}

/** A zombie: it has ended, and its parent never asks how. */
export async function zombie(): Promise<Child & { readonly zombie: number }> {
  const parent = await grandchild("exec sleep 60");
  // A shell would ask; what it has become by exec does not.
  await eventually(() => readFileSync(`/proc/${parent.pid}/comm`, "utf8") === "sleep\n");
  end(parent.grandchild);
  const stat = () => readFileSync(`/proc/${parent.grandchild}/stat`, "utf8");
  await eventually(() => parseStat(stat()).state === "Z");
  return { ...parent, zombie: parent.grandchild };
}

/** A process that is no child of the test, but a child's child. */
export async function grandchild(
  afterwards = "wait; exec sleep 60",
): Promise<Child & { readonly grandchild: number }> {
  const parent = await shell(`sleep 60 & echo $!; ${afterwards}`);
  const pid = Number(parent.line);
  return {
    ...parent,
    grandchild: pid,
    async [Symbol.asyncDispose]() {
      end(pid);
      await parent[Symbol.asyncDispose]();
    },
  };
}
