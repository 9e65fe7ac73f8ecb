// A client of a service, as a process of its own. It does what the lines on its standard input say and answers each
// with one line. What its callbacks do is appended to a file, so that all clients together can be counted.

import { spawn } from "node:child_process";
import { appendFileSync, existsSync } from "node:fs";
import process from "node:process";
import { createInterface } from "node:readline";
import { kill } from "@procref/procref/process";
import { type ServiceHandle, SharedService } from "@procref/procref/service";
import { SLEEPER } from "./sleeper.ts";

const STUBBORN = ["sh", ["-c", "trap '' TERM; exec sleep 1000"]] as const;
const [, , name = "", directory = "", options = "{}"] = process.argv;

type Late = "late" | "launches late" | "late own";

interface Options {
  readonly linger?: number;
  readonly module?: string;
  readonly unhealthy?: boolean;
  readonly hangingCheck?: boolean;
  readonly onRecover?: boolean;
  readonly onLastRelease?: "throws" | "kills";
  /** `own`: this process is the service; `late`: not before the file `go` is there, heedless of the signal. */
  readonly onFirstAcquire?: "throws" | "hangs" | "hangs once" | "dead" | Late | "own";
  readonly startDelay?: number;
  readonly stop?: { timeout?: number };
  readonly stubborn?: boolean;
}

const wanted: Options = JSON.parse(options);

function note(event: string): void {
  appendFileSync(`${directory}/events`, `${event}\n`);
}

async function launch(): Promise<{ pid: number; port: number; metadata: { by: string } }> {
  const [program, args] = wanted.stubborn ? STUBBORN : SLEEPER;
  const child = spawn(program, [...args], { stdio: "ignore", detached: true });
  child.unref();
  if (wanted.startDelay) await new Promise((resolve) => setTimeout(resolve, wanted.startDelay));
  note(`service ${child.pid}`);
  return { pid: child.pid ?? 0, port: 4000, metadata: { by: `${process.pid}` } };
}

function forever(): Promise<never> {
  return new Promise(() => setInterval(() => {}, 1000));
}

/** Waits for the word of the test. */
async function late(): Promise<void> {
  while (!existsSync(`${directory}/go`)) await new Promise((resolve) => setTimeout(resolve, 5));
  note("late");
}

let starts = 0;

const service = new SharedService(name, {
  directory: `${directory}/records`,
  async onFirstAcquire() {
    note("start");
    if (wanted.onFirstAcquire === "throws") throw new Error("no start today");
    if (wanted.onFirstAcquire === "dead") return { pid: 999999999 };
    if (wanted.onFirstAcquire === "own") return { pid: process.pid };
    if (["launches late", "late own"].includes(wanted.onFirstAcquire ?? "")) await late();
    if (wanted.onFirstAcquire === "late own") return { pid: process.pid };
    const info = await launch();
    const hangs = ++starts === 1 ? ["hangs", "hangs once"] : ["hangs"];
    if (hangs.includes(wanted.onFirstAcquire ?? "")) await forever();
    if (wanted.onFirstAcquire === "late") await late();
    return info;
  },
  ...(wanted.onLastRelease
    ? {
      onLastRelease(info: { pid: number }) {
        note(`stop ${info.pid}`);
        if (wanted.onLastRelease === "throws") throw new Error("no stop today");
        process.kill(info.pid, "SIGKILL");
      },
    }
    : {}),
  async onHealthCheck() {
    note("check");
    if (wanted.hangingCheck) await forever();
    return !wanted.unhealthy;
  },
  ...(wanted.onRecover
    ? {
      async onRecover(info: { pid: number }) {
        note(`recover ${info.pid}`);
        kill(info.pid);
        return await launch();
      },
    }
    : {}),
  ...(wanted.linger ? { linger: wanted.linger } : {}),
  ...(wanted.module ? { module: wanted.module } : {}),
  ...(wanted.stop ? { stop: wanted.stop } : {}),
});

const handles: ServiceHandle[] = [];

async function obey(line: string): Promise<string> {
  const [verb, argument] = line.split(" ");
  switch (verb) {
    case "acquire": {
      const timeout = argument === undefined ? {} : { timeout: Number(argument) };
      const handle = await service.acquire(timeout);
      handles.push(handle);
      return `acquired ${handle.pid}`;
    }
    case "release": {
      const handle = handles.pop();
      await handle?.release();
      return handle?.lost ? "lost" : "released";
    }
    case "churn":
      for (let round = 0; round < Number(argument); round++) {
        await using _handle = await service.acquire();
      }
      return "churned";
    case "count":
      return `count ${service.count()}`;
    case "status":
      return JSON.stringify(await service.status());
    default:
      throw new Error(`What is ${line}?`);
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  if (line === "exit") break;
  console.log(await obey(line).catch((error) => `${error.name} ${error.code}: ${error.message}`));
}
process.exit();
