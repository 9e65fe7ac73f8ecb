// A program that becomes a daemon, and does what it was told in its first argument.

import { spawn } from "node:child_process";
import { appendFileSync, renameSync, writeFileSync } from "node:fs";
import process from "node:process";
import { type Daemon, daemonize, type DaemonizeSelfOptions } from "@procref/procref/daemon";
import { SLEEPER } from "../service/sleeper.ts";

/** What it is told. */
export interface Told {
  readonly options?: DaemonizeSelfOptions;
  /** A file to which each process appends its pid before it becomes a daemon. */
  readonly before?: string;
  /** What it does as a daemon, one after the other. */
  readonly steps?: readonly (readonly [verb: string, text?: string])[];
}

/** Writes a file that is there in whole or not at all. */
function write(path: string, text: string): void {
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}

async function does(verb: string, text: string, daemon: Daemon): Promise<void> {
  switch (verb) {
    case "report":
      return write(
        text,
        JSON.stringify({
          ...daemon.identity,
          directory: process.cwd(),
          words: process.argv.slice(3),
          variables: Object.keys(process.env).filter((name) => name.startsWith("PROCREF")),
        }),
      );
    case "print":
      console.log(text);
      console.error(`${text} (error)`);
      process.stdout.write(`${text} (stream)\n`);
      return;
    case "ready":
      return daemon.ready(text);
    case "child": {
      const [program, args] = SLEEPER;
      const child = spawn(program, [...args], { stdio: "ignore", detached: true });
      return write(text, `${child.pid}`);
    }
    case "codes": {
      const calls = [() => daemon.ready(), () => daemonize(), () => daemon.onReload(() => {})];
      const codes = calls.map(async (call) => {
        try {
          await call();
          return "none";
        } catch (error) {
          return codeOf(error);
        }
      });
      return write(text, (await Promise.all(codes)).join(" "));
    }
    case "onStop":
      daemon.onStop(async () => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        appendFileSync(text, "stopped\n");
      });
      return;
    case "stubborn":
      daemon.onStop(() => new Promise(() => {}));
      return;
    case "sleep":
      return await new Promise((resolve) => setTimeout(resolve, Number(text)));
    case "throw":
      throw new Error(text);
    case "exit":
      process.exit(Number(text));
  }
  await new Promise(() => {});
}

const told: Told = JSON.parse(process.argv[2] ?? "{}");
if (told.before !== undefined) appendFileSync(told.before, `${process.pid}\n`);
const daemon = await daemonize(told.options ?? {}).catch((error) => {
  console.error(JSON.stringify({ code: codeOf(error), pid: error.pid, message: error.message }));
  return process.exit(9);
});
// What keeps it alive.
setInterval(() => {}, 1000);
for (const [verb, text = ""] of told.steps ?? []) await does(verb, text, daemon);
