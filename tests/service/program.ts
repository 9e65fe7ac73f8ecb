// A commandService of one test's own, and the processes that belong to it: they carry a mark in their environment.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import {
  commandService,
  type CommandServiceOptions,
  type SharedService,
} from "@procref/procref/service";
import { temporaryDirectory, uniqueName } from "../harness/mod.ts";
import { soon } from "./clients.ts";

/** A command service in a directory of its own. `log: "LOG"` means a file there. */
export class Program implements AsyncDisposable {
  readonly name = uniqueName("command");
  readonly service: SharedService;
  readonly #directory = temporaryDirectory();
  readonly #mark = `PROCREF_TEST_MARK=${crypto.randomUUID()}`;

  constructor(options: CommandServiceOptions) {
    const [variable = "", mark = ""] = this.#mark.split("=");
    this.service = commandService(this.name, {
      directory: this.records,
      ...options,
      command: [options.command[0], ...options.command.slice(1).map((word) => this.#place(word))],
      env: { ...options.env, [variable]: mark },
      ...(options.log === undefined ? {} : { log: this.#place(options.log) }),
    });
  }

  /** The directory of the test. */
  get path(): string {
    return this.#directory.path;
  }

  get records(): string {
    return `${this.path}/records`;
  }

  get log(): string {
    return `${this.path}/log`;
  }

  /** What all its processes have in their environment. */
  get mark(): string {
    return this.#mark;
  }

  #place(word: string): string {
    return word === "LOG" ? this.log : word === "MARK" ? `${this.path}/mark` : word;
  }

  /** The processes of the program that live, without its launcher. */
  living(): number[] {
    return this.#all().filter((pid) => !textOf(pid, "cmdline").includes("procref-launcher"));
  }

  #all(): number[] {
    return readdirSync("/proc").map(Number).filter((pid) =>
      pid > 0 && textOf(pid, "environ").includes(this.#mark)
    );
  }

  /** What there is of it, its launcher included. */
  remains(): { count: number; files: string[]; living: number[] } {
    const files = existsSync(this.records) ? readdirSync(this.records) : [];
    return { count: this.service.count(), files, living: this.#all() };
  }

  /** For a promise that is feared to hang: if it does, ends the program, and fails. */
  async hangs<T>(promise: Promise<T>): Promise<T> {
    return await soon(promise, 3000);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const pid of this.#all()) {
      try {
        globalThis.process.kill(pid, "SIGKILL");
      } catch {
        // It has ended by itself.
      }
    }
    await Promise.resolve();
    this.#directory[Symbol.dispose]();
  }
}

/** A file of a process in /proc; empty where it has ended. */
function textOf(pid: number, file: "cmdline" | "environ"): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return "";
  }
}
