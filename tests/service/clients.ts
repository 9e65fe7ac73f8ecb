// Starting clients of one service, and looking at what they did.

import { existsSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { isAlive } from "@procref/procref/process";
import { SharedService } from "@procref/procref/service";
import { placeOf } from "../../src/counter/sysv/place.ts";
import { pathsOf } from "../../src/service/record/store.ts";
import { setAt, type SetStatus } from "../counter/sets.ts";
import {
  eventually,
  type Program,
  type RuntimeName,
  start,
  temporaryDirectory,
  uniqueName,
} from "../harness/mod.ts";

/** A service of one test's own, with its clients and its events. */
export class Stage implements Disposable {
  readonly name = uniqueName("service");
  readonly #directory = temporaryDirectory();

  constructor() {
    writeFileSync(`${this.#directory.path}/events`, "");
  }

  /** Where the record is. */
  get records(): string {
    return `${this.#directory.path}/records`;
  }

  /** The directory of the test, which its clients know. */
  get path(): string {
    return this.#directory.path;
  }

  /** Starts a client process. */
  client(runtime: RuntimeName, options: object = {}, env: Record<string, string> = {}): Program {
    const args = [this.name, this.#directory.path, JSON.stringify(options)];
    return start(runtime, new URL("./client.ts", import.meta.url), { args, env });
  }

  /** What the record says; empty where there is none. */
  recordText(): string {
    const directory = existsSync(this.records) ? realpathSync(this.records) : this.records;
    const { record } = pathsOf(directory, this.name);
    return existsSync(record) ? readFileSync(record, "utf8") : "";
  }

  /** What the callbacks noted so far. */
  events(): string[] {
    return readFileSync(`${this.#directory.path}/events`, "utf8").split("\n").slice(0, -1);
  }

  /** How often a callback ran. */
  times(event: string): number {
    return this.events().filter((line) => line.split(" ")[0] === event).length;
  }

  /** The processes that the callbacks launched, and which of them live. */
  launched(): number[] {
    return this.events().filter((line) => line.startsWith("service ")).map((line) =>
      Number(line.split(" ")[1])
    );
  }

  living(): number[] {
    return this.launched().filter(isAlive);
  }

  /** Waits until the service and every trace of it are gone. */
  async gone(timeout?: number): Promise<void> {
    await eventually(() => this.living().length === 0 && this.observer().count() === 0, timeout);
  }

  /** The service as seen from outside. */
  observer(): SharedService {
    return new SharedService(this.name, {
      directory: this.records,
      onFirstAcquire() {
        throw new Error("An observer starts nothing");
      },
    });
  }

  [Symbol.dispose](): void {
    this.#directory[Symbol.dispose]();
  }
}

/** The semaphore set of a stage's service; undefined where there is none. */
export function setOf(stage: Stage): SetStatus | undefined {
  const directory = existsSync(stage.records) ? realpathSync(stage.records) : stage.records;
  return setAt(placeOf("service", stage.name, directory).key);
}

/** What a promise resolves with, or an error if that takes longer: where a hang is what is feared. */
export async function soon<T>(promise: Promise<T>, timeout: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`It hangs: no answer in ${timeout} ms`)), timeout);
  });
  return await Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** Sends a line and returns the answer. */
export async function ask(client: Program, line: string): Promise<string> {
  client.tell(line);
  return await client.line();
}

/** Sends `acquire` and returns the service's pid. */
export async function acquirePid(client: Program): Promise<number> {
  const answer = await ask(client, "acquire");
  const pid = Number(answer.split(" ")[1]);
  if (!answer.startsWith("acquired ")) throw new Error(answer);
  return pid;
}
