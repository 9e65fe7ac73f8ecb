// A program that becomes a daemon, and does what it was told in its first argument.

import { spawnSync } from "node:child_process";
import { appendFileSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import process from "node:process";
import {
  currentDaemon,
  type Daemon,
  daemonize,
  type DaemonizeSelfOptions,
} from "@procref/procref/daemon";
import { openTerminal } from "./terminal.ts";
import type { Told } from "./told.ts";

/** What it sees of itself. */
function report(daemon: Daemon) {
  const stat = readFileSync("/proc/self/stat", "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const child = spawnSync("sh", ["-c", "ls -l /proc/self/fd; env"], { encoding: "utf8" });
  return {
    identity: daemon.identity,
    same: currentDaemon() === daemon,
    parent: Number(fields[1]),
    group: Number(fields[2]),
    session: Number(fields[3]),
    terminal: Number(fields[4]),
    directory: process.cwd(),
    umask: process.umask(),
    ignored: /^SigIgn:\s*(\w+)/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "",
    descriptors: descriptors(),
    child: child.stdout,
    words: process.argv.slice(3),
    environment: Object.keys(process.env),
  };
}

export type Report = ReturnType<typeof report>;

function descriptors(): Record<number, string> {
  const entries = readdirSync("/proc/self/fd").map((descriptor) => {
    try {
      return [[Number(descriptor), readlinkSync(`/proc/self/fd/${descriptor}`)] as const];
    } catch {
      return [];
    }
  });
  return Object.fromEntries(entries.flat());
}

async function codeOf(body: () => unknown): Promise<string> {
  try {
    await body();
    return "none";
  } catch (error) {
    return error instanceof Error && "code" in error ? String(error.code) : String(error);
  }
}

const told: Told = JSON.parse(process.argv[2] ?? "{}");
const options: DaemonizeSelfOptions = told.options ?? {};
if (told.before !== undefined) appendFileSync(told.before, `${process.pid}\n`);
let daemon: Daemon;
try {
  daemon = await daemonize(options);
} catch (error) {
  if (!told.caught) throw error;
  const pid = error instanceof Error && "pid" in error ? error.pid : undefined;
  console.log(JSON.stringify({ code: await codeOf(() => Promise.reject(error)), pid }));
  process.exit(9);
}
// What keeps it alive.
setInterval(() => {}, 1000);

for (const [verb, text = ""] of told.steps ?? []) {
  switch (verb) {
    case "report":
      writeFileSync(text, JSON.stringify(report(daemon)));
      break;
    case "print":
      console.log(text);
      console.error(`${text} (error)`);
      process.stdout.write(`${text} (stream)\n`);
      break;
    case "ready":
      daemon.ready(text);
      break;
    case "codes":
      writeFileSync(
        text,
        [await codeOf(() => daemon.ready()), await codeOf(() => daemonize(options))].join(" "),
      );
      break;
    case "reload":
      daemon.onReload(() => {
        appendFileSync(text, "reloaded\n");
        console.log("after the reload");
        process.stdout.write("after the reload (stream)\n");
      });
      break;
    case "onStop":
      daemon.onStop(async () => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        appendFileSync(text, "stopped\n");
      });
      break;
    case "terminal":
      writeFileSync(text, String(openTerminal()));
      break;
    case "throw":
      throw new Error(text);
    case "exit":
      process.exit(Number(text));
      break;
    case "wait":
      await new Promise(() => {});
  }
}
