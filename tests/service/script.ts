// Running a script of the tests to its end: under another program, as another user, with few permissions.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, linkSync, realpathSync, writeFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { denoWith, type RuntimeName } from "../harness/mod.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** How a script is run. */
export interface ScriptOptions {
  readonly runtime: RuntimeName;
  /** A file beside this one. */
  readonly script: string;
  readonly args?: readonly string[];
  /** What runs the runtime, for example strace and its arguments. */
  readonly under?: readonly string[];
  /** Deno's permissions. */
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly uid?: number;
  /** A directory where everything lies that another user needs. */
  readonly home?: string;
}

/** What came of it. */
export interface Outcome {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

/** Runs the script and waits for its end. */
export async function run(options: ScriptOptions): Promise<Outcome> {
  const { runtime, script, args = [], under = [], env = {}, uid } = options;
  const command = [...under, ...commandOf(options), `${ROOT}tests/service/${script}`, ...args];
  const [program = "", ...rest] = command;
  const child = spawn(program, rest, {
    cwd: options.home ?? ROOT,
    env: { ...process.env, NO_COLOR: "1", ...homeOf(options), ...env },
    stdio: ["ignore", "pipe", "pipe"],
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  if (runtime === undefined || child.stdout === null) throw new Error("It did not start");
  const exit = once(child, "close");
  const [output, errors] = await Promise.all([child.stdout, child.stderr].map(textOf));
  const [code] = await exit;
  return { code, output: output ?? "", errors: errors ?? "" };
}

async function textOf(stream: AsyncIterable<unknown>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const piece of stream) {
    if (piece instanceof Uint8Array) text += decoder.decode(piece, { stream: true });
  }
  return text;
}

function commandOf({ runtime, flags = ["--allow-all"], home }: ScriptOptions): string[] {
  if (runtime === "bun") return [`${ROOT}node_modules/.bin/bun`, "run"];
  const [deno, ...first] = denoWith("run");
  const run = [...first, "--quiet", "--no-prompt", "--frozen"];
  if (home === undefined) return [deno, ...run, ...flags];
  // Another user may reach neither Deno where root has installed it, nor root's cache.
  const executable = `${home}/deno`;
  try {
    linkSync(realpathSync(deno), executable);
  } catch {
    copyFileSync(realpathSync(deno), executable);
  }
  const map = { imports: { "@procref/procref/service": `file://${ROOT}src/service/mod.ts` } };
  writeFileSync(`${home}/imports.json`, JSON.stringify(map));
  return [executable, ...run, "--no-config", `--import-map=${home}/imports.json`, ...flags];
}

function homeOf({ home }: ScriptOptions): Record<string, string> {
  return home === undefined ? {} : { HOME: home, DENO_DIR: `${home}/cache` };
}
