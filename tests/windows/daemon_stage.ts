// A directory of one test's own, launchers in it, and an end to every daemon that they have made.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { kill, waitForExit } from "@procref/procref/process";
import { memberInfo } from "../../src/group/windows/member.ts";
import { TOKEN_VARIABLE } from "../../src/service/turn.ts";
import { carriersOf } from "../../src/service/windows/carriers.ts";
import { eventually, type RuntimeName, temporaryDirectory } from "../harness/mod.ts";
import type { Told } from "./daemon_program.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const PROGRAM = fileURLToPath(new URL("./daemon_program.ts", import.meta.url));

/** What came of a launcher. */
export interface Outcome {
  readonly pid: number;
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

/** The command that runs a script. */
export function command(
  runtime: RuntimeName,
  script: string = PROGRAM,
  flags: readonly string[] = ["--allow-all"],
): [string, ...string[]] {
  const { BUN = "bun", DENO = "deno" } = process.env;
  return runtime === "bun"
    ? [BUN, "run", script]
    : [DENO, "run", "--quiet", "--no-prompt", "--no-lock", "--no-check", ...flags, script];
}

/** How a launcher is run. */
export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly started?: (pid: number) => void;
}

/** One test's directory and daemons. */
export class DaemonStage implements AsyncDisposable {
  readonly #directory = temporaryDirectory();
  readonly #mark = crypto.randomUUID();

  file(name: string): string {
    return `${this.#directory.path}\\${name}`;
  }

  get pidFile(): string {
    return this.file("daemon.pid");
  }

  files(): string[] {
    return readdirSync(this.#directory.path).sort();
  }

  read(name: string): string {
    return readFileSync(this.file(name), "utf8");
  }

  /** The text of a file that a daemon writes, once it is there. */
  async written(name: string): Promise<string> {
    await eventually(() => existsSync(this.file(name)), 20_000);
    return this.read(name);
  }

  /** A variable by which this test knows its own. */
  get environment(): Record<string, string> {
    return { [TOKEN_VARIABLE]: this.#mark };
  }

  /** The processes of this test that live, without the hosts of their hidden consoles, which end with them. */
  living(): number[] {
    return carriersOf(this.#mark).map(({ pid }) => pid).filter((pid) =>
      !/conhost/i.test(memberInfo(pid)?.command ?? "conhost")
    );
  }

  /** Runs daemon_program.ts. */
  async launch(runtime: RuntimeName, told: Told, options: RunOptions = {}): Promise<Outcome> {
    return await this.run([...command(runtime), JSON.stringify(told)], options);
  }

  /** Runs a command to the end of its output: a daemon with a pipe of its launcher would keep it from coming. */
  async run(
    [program, ...args]: readonly [string, ...string[]],
    { env, input, started }: RunOptions = {},
  ): Promise<Outcome> {
    const child = spawn(program, args, {
      cwd: ROOT,
      env: { ...process.env, NO_COLOR: "1", ...this.environment, ...env },
      // Deno under Wine now and then does not survive a write to somebody who is about to end.
      stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    });
    const { pid } = child;
    if (pid === undefined) throw new Error(`${program} did not start`);
    started?.(pid);
    const closed = once(child, "close");
    child.stdin?.on("error", () => {});
    child.stdin?.end(input);
    const [output, errors] = await Promise.all([textOf(child.stdout), textOf(child.stderr)]);
    const [code] = await closed;
    return { pid, code, output, errors };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Under Wine the host of a console stays if its program is ended before it has found it, and may be the last to come.
    for (let left = carriersOf(this.#mark); left.length > 0; left = carriersOf(this.#mark)) {
      for (const identity of left) kill(identity);
      for (const identity of left) await waitForExit(identity);
    }
    this.#directory[Symbol.dispose]();
  }
}

async function textOf(stream: AsyncIterable<unknown> | null): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const piece of stream ?? []) {
    if (piece instanceof Uint8Array) text += decoder.decode(piece, { stream: true });
  }
  // Bun under Wine has something to say of its own.
  return text.split(/\r?\n/).filter((line) => !line.startsWith("Internal error:")).join("\n");
}
