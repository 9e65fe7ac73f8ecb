import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { ServiceInfo } from "@procref/procref/service";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const CLIENT = fileURLToPath(new URL("./client.ts", import.meta.url));
const COMMANDS = {
  deno: [process.execPath, "run", "--quiet", "--allow-all", CLIENT],
  bun: [`${ROOT}node_modules/.bin/bun`, "run", CLIENT],
} as const;

/** What a client says when it has used the service. */
export interface Greeting {
  readonly started: boolean;
  readonly service: ServiceInfo;
  readonly answer: string;
}

/** A client of the demo, in a process of its own. */
export class ClientProcess {
  readonly runtime: keyof typeof COMMANDS;
  readonly #child: ChildProcess;

  constructor(runtime: keyof typeof COMMANDS) {
    this.runtime = runtime;
    const [program, ...args] = COMMANDS[runtime];
    this.#child = spawn(program, args, { cwd: ROOT, stdio: ["pipe", "pipe", "inherit"] });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Resolves when the client holds the service and has used it. */
  async greeting(): Promise<Greeting> {
    if (this.#child.stdout === null) throw new Error("The client has no output");
    for await (const line of createInterface({ input: this.#child.stdout })) {
      return JSON.parse(line);
    }
    throw new Error("The client ended without a word");
  }

  /** Lets it leave, as a program does that has finished. */
  async leave(): Promise<void> {
    const closed = once(this.#child, "close");
    this.#child.stdin?.end("\n");
    await closed;
  }

  /** Ends it as a crash does: it gets no chance to say anything. */
  async crash(): Promise<void> {
    const closed = once(this.#child, "close");
    this.#child.kill("SIGKILL");
    await closed;
  }
}
