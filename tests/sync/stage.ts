// What the tests of ./sync share.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import {
  BinarySemaphore,
  ConditionVariable,
  Monitor,
  Mutex,
  Semaphore,
  SharedArray,
  SharedMemory,
} from "@procref/procref/sync";
import { hasStopped } from "../../src/object/stop.ts";
import { eventually, type Program, type RuntimeName, start, uniqueName } from "../harness/mod.ts";

const KINDS = [
  Mutex,
  Monitor,
  Semaphore,
  BinarySemaphore,
  ConditionVariable,
  SharedMemory,
  SharedArray,
];

/** A name of one test's own; whatever has been made under it is unlinked at the end of the scope. */
export function freshName(purpose: string): { readonly name: string } & Disposable {
  const name = uniqueName(purpose).replaceAll(" ", "-");
  return {
    name,
    [Symbol.dispose]() {
      for (const kind of KINDS) kind.unlink(name);
    },
  };
}

/** Starts an actor and waits until it listens. */
export async function actor(
  runtime: RuntimeName,
  name: string,
  env: Record<string, string> = {},
): Promise<Program> {
  const script = new URL("actor.ts", import.meta.url);
  const program = start(runtime, script, { args: [name], env, flags: ["--allow-ffi"] });
  const first = await program.line();
  if (first !== "ready") throw new Error(first);
  return program;
}

const STRACE = "/usr/bin/strace";

/** True where system calls can be tampered with (strace(1), `-e inject`). */
export const canInject: boolean = existsSync(STRACE);

/** Starts an actor whose system calls are tampered with, and resolves when it has ended. */
export function inject(
  runtime: RuntimeName,
  name: string,
  injection: string,
  line: string,
): Promise<string> {
  const deno = "Bun" in globalThis ? process.env["DENO"] ?? "deno" : process.execPath;
  const bun = fileURLToPath(new URL("../../node_modules/.bin/bun", import.meta.url));
  const command = runtime === "bun"
    ? [bun, "run"]
    : [deno, "run", "--quiet", "--no-prompt", "--frozen", "--allow-ffi"];
  const script = fileURLToPath(new URL("actor.ts", import.meta.url));
  const args = [
    "-f",
    "-qq",
    "-o",
    "/dev/null",
    "-e",
    `inject=${injection}`,
    ...command,
    script,
    name,
  ];
  const child = spawn(STRACE, args, { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.write(`${line}\n`);
  let output = "";
  child.stdout.on("data", (data) => {
    output += data;
    // What it was told is done, or has failed: there is nothing left to be killed at.
    if (output.split("\n").length > 2) child.stdin.end();
  });
  return once(child, "close").then(() => output);
}

/** Tells an actor something and returns its answer. */
export function ask(program: Program, line: string): Promise<string> {
  program.tell(line);
  return program.line();
}

/** True once a process has stopped itself (SIGSTOP). */
export function isStopped(pid: number): boolean {
  if (process.platform === "win32") return hasStopped(pid);
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  return stat[stat.lastIndexOf(")") + 2] === "T";
}

/** Waits until a process has stopped itself. */
export async function stopped(pid: number): Promise<void> {
  await eventually(() => isStopped(pid), 20_000);
}

/** The number after the last space. */
export function numberIn(line: string): number {
  return Number(line.slice(line.lastIndexOf(" ") + 1));
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
