// `bun test` and `deno test` as a user runs them: in a process group of its own, as a shell would make it.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { denoWith, type RuntimeName } from "../harness/mod.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

function command(runtime: RuntimeName): [string, ...string[]] {
  if (runtime === "bun") return [`${ROOT}node_modules/.bin/bun`, "test"];
  return [...denoWith("test"), "--allow-all", "--frozen"];
}

/** How a runner is started. */
export interface RunOptions {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Where its output goes. */
  readonly output: string;
  readonly cwd: URL;
}

/** A test runner at work. Leaving its scope kills it and its workers. */
export class TestRunner implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #output: string;
  /** Its exit code or signal, when it has ended. */
  readonly ended: Promise<number | string>;

  constructor(runtime: RuntimeName, { args, env, output, cwd }: RunOptions) {
    const [program, ...rest] = command(runtime);
    const descriptor = openSync(output, "a");
    this.#child = spawn(program, [...rest, ...args], {
      cwd: fileURLToPath(cwd),
      env: { ...process.env, NO_COLOR: "1", ...env },
      stdio: ["ignore", descriptor, descriptor],
      detached: true,
    });
    closeSync(descriptor);
    this.#output = output;
    this.ended = once(this.#child, "exit").then(([code, signal]) => code ?? signal);
  }

  /** What it has printed. */
  get output(): string {
    return readFileSync(this.#output, "utf8");
  }

  /** Ctrl-C in its terminal: SIGINT to everything it consists of. */
  interrupt(): void {
    this.#signal(-1, "SIGINT");
  }

  /** kill -9 of the runner alone. */
  kill(): void {
    this.#signal(1, "SIGKILL");
  }

  #signal(sign: 1 | -1, signal: NodeJS.Signals): void {
    const { pid } = this.#child;
    if (pid === undefined) throw new Error("The runner did not start");
    process.kill(sign * pid, signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#signal(-1, "SIGKILL");
    } catch {
      // ESRCH: all of it has ended.
    }
    await this.ended;
  }
}
