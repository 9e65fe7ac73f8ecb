// Services whose client is the test's own process: for what only the caller sees, such as errors and handles.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { platform } from "node:process";
import { isAlive } from "@procref/procref/process";
import {
  type ServiceInfo,
  type ServiceStatus,
  SharedService,
  type SharedServiceOptions,
} from "@procref/procref/service";
import { temporaryDirectory, uniqueName } from "../harness/mod.ts";
import { SLEEPER } from "./sleeper.ts";

/** A service of one test's own. Leaving its scope ends what it launched. */
export class Local implements AsyncDisposable {
  readonly name = uniqueName("local");
  readonly #directory = temporaryDirectory();
  readonly #children: ChildProcess[] = [];

  /** The directory of the test. */
  get path(): string {
    return this.#directory.path;
  }

  /** Where the records are. */
  get records(): string {
    return `${this.path}/records`;
  }

  /** Launches a process that sleeps. */
  launch(info: Partial<ServiceInfo> = {}): ServiceInfo {
    const [program, args] = SLEEPER;
    // On Windows one that is not detached gets a console; Wine's server crashes now and then when both are killed.
    const detached = platform === "win32";
    return this.#launched(spawn(program, [...args], { stdio: "ignore", detached }), info);
  }

  /** Launches a process that ignores SIGTERM. */
  async launchStubborn(): Promise<ServiceInfo> {
    const script = "trap '' TERM; echo deaf; exec sleep 1000";
    const child = spawn("sh", ["-c", script], { stdio: ["ignore", "pipe", "ignore"] });
    await once(child.stdout, "data");
    child.stdout.destroy();
    return this.#launched(child, {});
  }

  #launched(child: ChildProcess, info: Partial<ServiceInfo>): ServiceInfo {
    this.#children.push(child);
    if (child.pid === undefined) throw new Error("sleep did not start");
    return { ...info, pid: child.pid };
  }

  /** The service; by default it launches a process that sleeps. */
  service(options: Partial<SharedServiceOptions> = {}, name = this.name): SharedService {
    const { records: directory } = this;
    return new SharedService(name, { directory, onFirstAcquire: () => this.launch(), ...options });
  }

  /** The pids of all that was launched, and of what of it lives. */
  launched(): number[] {
    return this.#children.map(({ pid }) => pid ?? 0);
  }

  living(): number[] {
    return this.launched().filter(isAlive);
  }

  /** The signals that ended what was launched. */
  signals(): (string | null)[] {
    return this.#children.map(({ signalCode }) => signalCode);
  }

  /** The service as anybody sees it. */
  status(): Promise<ServiceStatus> {
    return this.service().status();
  }

  /** What there is of the service: its count, the files of its records, the processes that live. */
  remains(): { count: number; files: string[]; living: number[] } {
    const all = existsSync(this.records) ? readdirSync(this.records) : [];
    // A guardian's own file goes with it, at its time.
    const files = all.filter((name) => !name.includes(".fifo."));
    return { count: this.service().count(), files, living: this.living() };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#children) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const exit = once(child, "exit");
      child.kill("SIGKILL");
      await exit;
    }
    this.#directory[Symbol.dispose]();
  }
}

/** Nothing: no reference, no file, no process. */
export const NOTHING = { count: 0, files: [], living: [] };
