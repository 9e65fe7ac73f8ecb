// What is launched must arrive as it was asked for, whatever the runtime does to arguments and environments.

import { assert, assertEquals } from "@std/assert";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import process from "node:process";
import { commandService, SharedService } from "@procref/procref/service";
import { temporaryDirectory, test, uniqueName } from "../harness/mod.ts";

interface Bun {
  spawn(command: readonly string[], options: object): { pid: number; unref(): void };
}

/** Bun's own spawn in Bun; elsewhere the one of Node. */
function launch(command: string, args: readonly string[]): number {
  const { Bun } = globalThis as { Bun?: Bun };
  const child = Bun === undefined
    ? spawn(command, args, { stdio: "ignore" })
    : Bun.spawn([command, ...args], { stdio: ["ignore", "ignore", "ignore"] });
  child.unref();
  return child.pid ?? 0;
}

test("a child that the runtime's own spawn starts without an environment carries the token", async () => {
  using directory = temporaryDirectory();
  const service = new SharedService(uniqueName("token"), {
    directory: directory.path,
    onFirstAcquire: () => ({ pid: launch("sleep", ["1000"]) }),
  });
  await using handle = await service.acquire();
  const environment = () => readFileSync(`/proc/${handle.pid}/environ`, "utf8");
  // It reads empty in the middle of execve.
  while (environment() === "") await new Promise((resolve) => setTimeout(resolve, 1));
  assert(environment().includes("PROCREF_START="));
});

test("a command's arguments arrive unchanged, those after the runtime's own path too", async () => {
  using directory = temporaryDirectory();
  const args = [process.execPath, "run", "script.ts", "a=b c", "", "=", "==x"];
  const service = commandService(uniqueName("arguments"), {
    directory: directory.path,
    command: ["sh", "-c", "while :; do sleep 1; done", ...args],
  });
  await using handle = await service.acquire();
  const words = () => readFileSync(`/proc/${handle.pid}/cmdline`, "utf8").split("\0").slice(0, -1);
  while (words().length === 0 || words().includes("procref-launcher")) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  assertEquals(words().slice(3), args);
});
