import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { kill, sendSignal } from "@procref/procref/process";
import { suspendProcess } from "../../src/process/windows.ts";

/** The runtimes that every promise is checked in. */
export const RUNTIMES = ["deno", "bun"] as const;

/** One of them. */
export type RuntimeName = typeof RUNTIMES[number];

/**
 * This runner's own. What is checked by whole programs of one runtime, the runner of that runtime checks: in the other's
 * it would be the same once more.
 */
export const OWN: readonly RuntimeName[] = ["Bun" in globalThis ? "bun" : "deno"];

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Deno with a verb, and where it plays a part with what makes it do so. `DENO` names the executable. */
export function denoWith(verb: string): [string, ...string[]] {
  const deno = "Bun" in globalThis ? process.env["DENO"] ?? "deno" : process.execPath;
  const preload = process.env["PROCREF_DENO_PRELOAD"];
  return [deno, verb, ...(preload === undefined ? [] : [`--preload=${preload}`])];
}

/** The command that runs a script of the tests in a runtime. `BUN` names the executable. */
function command(runtime: RuntimeName, flags: readonly string[]): string[] {
  if (runtime === "bun") return [process.env["BUN"] ?? `${ROOT}node_modules/.bin/bun`, "run"];
  return [...denoWith("run"), "--quiet", "--no-prompt", "--frozen", ...flags];
}

/** How a program is started. */
export interface StartOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Deno's permissions. */
  readonly flags?: readonly string[];
  /** What the command is given to, which becomes it. */
  readonly under?: readonly string[];
}

/** A script of the tests, running as a process of its own; it is told and tells by lines. */
export interface Program extends AsyncDisposable {
  readonly pid: number;
  /** The next line it prints. */
  line(): Promise<string>;
  /** Writes a line to its standard input. */
  tell(line: string): void;
  signal(name: NodeJS.Signals): void;
  /** Its exit code or signal, when it has ended. */
  readonly ended: Promise<number | string>;
}

/** Starts a script in a runtime. Leaving its scope kills it. */
export function start(runtime: RuntimeName, script: URL, options: StartOptions = {}): Program {
  const { args = [], env = {}, flags = ["--allow-all"], under = [] } = options;
  const whole = [...under, ...command(runtime, flags), fileURLToPath(script), ...args];
  const [program = "", ...rest] = whole;
  const child = spawn(program, rest, {
    cwd: ROOT,
    env: { ...process.env, NO_COLOR: "1", ...env },
    stdio: ["pipe", "pipe", "inherit"],
  });
  return new Running(child);
}

/** Stops a process where it is, or lets it go on. */
export function suspend(pid: number, suspended: boolean): void {
  // Not by node:child_process: after any signal Deno's takes the child for ended.
  if (process.platform !== "win32") sendSignal(pid, suspended ? "SIGSTOP" : "SIGCONT");
  else suspendProcess(pid, suspended);
}

class Running implements Program {
  readonly #child: ChildProcess;
  #over = false;
  readonly #lines: AsyncIterator<string>;
  readonly pid: number;
  readonly ended: Promise<number | string>;

  constructor(child: ChildProcess) {
    if (child.pid === undefined || child.stdout === null) throw new Error("It did not start");
    this.#child = child;
    // A line for a program that has just been killed has no reader.
    child.stdin?.on("error", () => {});
    this.pid = child.pid;
    this.#lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    this.ended = once(child, "close").then(([code, signal]) => {
      this.#over = true;
      return code ?? signal;
    });
  }

  async line(): Promise<string> {
    const next = await this.#lines.next();
    if (next.done) throw new Error(`It ended (${await this.ended}) without another line`);
    return next.value;
  }

  tell(line: string): void {
    this.#child.stdin?.write(`${line}\n`);
  }

  // Not by the child object: Deno takes a child that has been sent any signal for ended.
  signal(name: NodeJS.Signals): void {
    process.kill(this.pid, name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#over) kill(this.pid);
    await this.ended;
  }
}
