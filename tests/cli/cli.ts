// The procref command as a shell runs it, in either runtime.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import process from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { kill } from "@procref/procref/process";
import type { RuntimeName } from "../harness/mod.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const SCRIPT = `${ROOT}src/cli/mod.ts`;

/** The command line that is `procref` in a runtime. */
export function procref(runtime: RuntimeName): string[] {
  if (runtime === "bun") {
    return [process.env["BUN"] ?? `${ROOT}node_modules/.bin/bun`, "run", SCRIPT];
  }
  const deno = process.env["PROCREF_DENO_AS_MAC"] ??
    ("Bun" in globalThis ? process.env["DENO"] ?? "deno" : process.execPath);
  return [deno, "run", "--allow-all", "--quiet", "--no-lock", SCRIPT];
}

/** A word as a shell reads it back. */
export function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** How a command is run. */
export interface Setting {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** A process group of its own, as a shell gives to each job. */
  readonly ownGroup?: boolean;
}

/** What a command came to. */
export interface Outcome {
  readonly code: number | string;
  readonly out: string;
  readonly err: string;
}

/** A command that runs. Leaving its scope kills it. */
export class Running implements AsyncDisposable {
  readonly pid: number;
  readonly #child;
  readonly #lines: AsyncIterator<string>;
  readonly #chunks: { out: string; err: string } = { out: "", err: "" };
  readonly ended: Promise<Outcome>;
  #over = false;

  constructor([program = "", ...args]: readonly string[], setting: Setting = {}) {
    const { cwd = tmpdir(), env = {}, ownGroup = false } = setting;
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, TERM: "xterm", NO_COLOR: "", ...env },
      stdio: ["pipe", "pipe", "pipe"],
      detached: ownGroup,
    });
    if (child.pid === undefined) throw new Error(`${program} did not start`);
    this.#child = child;
    this.pid = child.pid;
    child.stdin.on("error", () => {});
    child.stdout.on("data", (piece) => this.#chunks.out += piece);
    child.stderr.on("data", (piece) => this.#chunks.err += piece);
    this.#lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    this.ended = once(child, "close").then(([code, signal]) => {
      this.#over = true;
      return { code: code ?? signal, ...this.#chunks };
    });
  }

  /** What it has printed so far. */
  get out(): string {
    return this.#chunks.out;
  }

  /** The same of its standard error. */
  get err(): string {
    return this.#chunks.err;
  }

  /** The next line on its standard output. */
  async line(): Promise<string> {
    const next = await this.#lines.next();
    if (next.done) throw new Error(`It ended without another line: ${(await this.ended).err}`);
    return next.value;
  }

  /** Writes to its standard input. */
  type(text: string): void {
    this.#child.stdin.write(text);
  }

  signal(name: NodeJS.Signals): void {
    process.kill(this.pid, name);
  }

  /** To its whole process group. */
  signalGroup(name: NodeJS.Signals): void {
    process.kill(-this.pid, name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.stdin.end();
    if (!this.#over) kill(this.pid);
    await this.ended;
  }
}

/** Runs procref to its end. */
export async function run(
  runtime: RuntimeName,
  args: readonly string[],
  setting?: Setting,
): Promise<Outcome> {
  await using running = new Running([...procref(runtime), ...args], setting);
  // Deno under Wine now and then does not survive a write to somebody who is about to end.
  if (process.platform !== "win32") running.type("");
  return await running.ended;
}

/** procref at work. */
export function start(
  runtime: RuntimeName,
  args: readonly string[],
  setting?: Setting,
): Running {
  return new Running([...procref(runtime), ...args], setting);
}

/**
 * A command in a terminal of its own; what it and the terminal print is one text. It takes the
 * shell's place, for some shells would wait for it and then die of the Ctrl-C that it survived.
 */
export function inTerminal(line: string, setting?: Setting): Running {
  return new Running(["script", "-qefc", `exec ${line}`, "/dev/null"], setting);
}

/** Waits until a text has appeared. */
export async function printed(running: Running, text: string | RegExp): Promise<void> {
  const end = performance.now() + 20_000;
  const has = () => typeof text === "string" ? running.out.includes(text) : text.test(running.out);
  while (!has()) {
    if (performance.now() > end) {
      throw new Error(`Not printed: ${text}; there is ${JSON.stringify(running.out)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** A service that sleeps. */
export const SLEEP = "exec sleep 1000";
