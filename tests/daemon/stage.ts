// A directory of one test's own, launchers in it, and an end to every daemon that they have made.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { kill, waitForExit } from "@procref/procref/process";
import { eventually, type RuntimeName, temporaryDirectory } from "../harness/mod.ts";
import type { Report } from "./program.ts";
import type { Told } from "./told.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const PROGRAM = fileURLToPath(new URL("./program.ts", import.meta.url));

/** Where the runtimes are. */
export const BUN = `${ROOT}node_modules/.bin/bun`;
export const DENO = process.env["PROCREF_DENO_AS_MAC"] ??
  ("Bun" in globalThis ? process.env["DENO"] ?? "deno" : process.execPath);

/** A descriptor that each launcher inherits, with a number that means nothing to it. */
export const OPEN_BY_CHANCE = 11;

/** What came of a launcher. */
export interface Outcome {
  readonly pid: number;
  readonly code: number | null;
  readonly signal: string | null;
  readonly output: string;
  readonly errors: string;
}

/** How it is run. */
export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** What it reads; default: nothing. */
  readonly input?: string;
  /** Called as soon as it runs. */
  readonly started?: (pid: number) => void;
}

/** The command that runs a script. */
export function command(
  runtime: RuntimeName,
  script: string = PROGRAM,
  flags: readonly string[] = ["--allow-all"],
): [string, ...string[]] {
  return runtime === "bun"
    ? [BUN, "run", script]
    : [DENO, "run", "--quiet", "--no-prompt", "--no-lock", ...flags, script];
}

/** One test's directory and daemons. */
export class Stage implements AsyncDisposable {
  readonly #directory = temporaryDirectory();
  readonly #mark = crypto.randomUUID();

  /** A path in the directory. */
  file(name: string): string {
    return `${this.#directory.path}/${name}`;
  }

  /** The pid file that most tests use. */
  get pidFile(): string {
    return this.file("daemon.pid");
  }

  /** What is in the directory. */
  files(): string[] {
    return readdirSync(this.#directory.path).sort();
  }

  /** The text of a file there. */
  read(name: string): string {
    return readFileSync(this.file(name), "utf8");
  }

  /** The text of a file that a daemon writes, once it is there. */
  async written(name: string): Promise<string> {
    await eventually(() => existsSync(this.file(name)) && this.read(name) !== "", 20_000);
    return this.read(name);
  }

  /** What a daemon has reported of itself. */
  async report(name = "report"): Promise<Report> {
    await this.written(name);
    let report: Report | undefined;
    await eventually(() => {
      try {
        report = JSON.parse(this.read(name));
      } catch {
        return false;
      }
      return true;
    });
    if (report === undefined) throw new Error("No report");
    return report;
  }

  /** Variables by which this test knows its own. */
  get environment(): Record<string, string> {
    return { PROCREF_TEST_DAEMON: this.#mark };
  }

  /** Runs program.ts. */
  async launch(runtime: RuntimeName, told: Told, options: RunOptions = {}): Promise<Outcome> {
    return await this.run([...command(runtime), JSON.stringify(told)], options);
  }

  /**
   * Runs a command to its end, and to the end of its output: a daemon that kept a pipe of its launcher would keep it
   * from coming.
   */
  async run(
    [program, ...args]: readonly [string, ...string[]],
    { env, cwd, input, started }: RunOptions = {},
  ): Promise<Outcome> {
    const child = spawn(program, args, {
      cwd: cwd ?? ROOT,
      env: { ...process.env, NO_COLOR: "1", ...this.environment, ...env },
      // And what whoever runs the launcher happens to have open.
      stdio: [...Array(3).fill("pipe"), ...Array(OPEN_BY_CHANCE - 3).fill("ignore"), "pipe"],
    });
    const { pid } = child;
    if (pid === undefined) throw new Error(`${program} did not start`);
    started?.(pid);
    const closed = once(child, "close");
    child.stdin?.on("error", () => {});
    child.stdin?.end(input ?? "");
    const [output, errors] = await Promise.all([textOf(child.stdout), textOf(child.stderr)]);
    const [code, signal] = await closed;
    return { pid, code, signal, output, errors };
  }

  /** The processes of this test that live. */
  living(): number[] {
    const mark = `PROCREF_TEST_DAEMON=${this.#mark}`;
    return readdirSync("/proc").map(Number).filter((pid) =>
      pid > 0 && textOfProcess(pid, "environ").includes(mark)
    );
  }

  /** The launchers' shells among them. */
  shells(): number[] {
    return this.living().filter((pid) =>
      textOfProcess(pid, "cmdline").includes("procref-daemon-launcher")
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const pid of this.living()) {
      kill(pid);
      await waitForExit(pid);
    }
    this.#directory[Symbol.dispose]();
  }
}

/** The process that has stopped at a pause point, whose flag is a file. */
export async function stoppedAt(flag: string): Promise<number> {
  const text = () => existsSync(flag) ? readFileSync(flag, "utf8") : "";
  await eventually(() => text().endsWith("\n"), 20_000);
  const pid = Number(text());
  await eventually(() => /\) T /.test(readFileSync(`/proc/${pid}/stat`, "utf8")), 20_000);
  return pid;
}

async function textOf(stream: AsyncIterable<unknown> | null): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const piece of stream ?? []) {
    if (piece instanceof Uint8Array) text += decoder.decode(piece, { stream: true });
  }
  return text;
}

function textOfProcess(pid: number, file: "cmdline" | "environ"): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return "";
  }
}
