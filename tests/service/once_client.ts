// Acquires a service that is its own process, which needs no permission, says what came of it, and releases.
// With `launch` it launches a process instead. `fill` uses up the descriptors but for so many.

import { SharedService } from "@procref/procref/service";
import { argv, pid } from "node:process";

const [, , name = "", directory = "", how = "own", free = ""] = argv;

async function launch(): Promise<{ pid: number }> {
  const { spawn } = await import("node:child_process");
  const child = spawn("sleep", ["1000"], { stdio: "ignore", detached: true });
  child.on("error", () => {});
  child.unref();
  return { pid: child.pid ?? 0 };
}

const service = new SharedService(name, {
  directory,
  onFirstAcquire: () => how === "own" ? { pid } : launch(),
});

async function fill(): Promise<void> {
  const { closeSync, openSync } = await import("node:fs");
  // What is loaded or bound at a first use is loaded before.
  await (await service.acquire()).release();
  const open: number[] = [];
  try {
    for (;;) open.push(openSync("/dev/null", "r"));
  } catch {
    for (const descriptor of open.splice(0, Number(free))) closeSync(descriptor);
  }
}

interface Told {
  readonly name?: string;
  readonly code?: string;
  readonly syscall?: string;
  readonly message?: string;
}

function tell(step: string, { name, code, syscall, message }: Told): void {
  console.log(JSON.stringify({ step, name, code, syscall, message }));
}

try {
  if (free !== "") await fill();
  const handle = await service.acquire();
  tell("acquired", {});
  await handle.release();
  tell("released", {});
} catch (error) {
  tell("failed", error instanceof Error ? error : { message: String(error) });
}
