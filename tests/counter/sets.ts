// The semaphore sets as the kernel lists them, and counters at keys of a test's own.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { ipc } from "../../ffi/libc.ts";
import type { RefCounter } from "../../src/counter/mod.ts";
import { SysvCounter } from "../../src/counter/sysv/counter.ts";
import { placeOf } from "../../src/counter/sysv/place.ts";
import { MANNER, SemaphoreSet } from "../../src/counter/sysv/set.ts";

const GETNCNT = 14; // semctl(2): how many wait for a semaphore to grow,
const GETZCNT = 15; // and how many for it to be zero
const IPC_CREAT_EXCL = 0o3000;

/** A line of /proc/sysvipc/sem (proc(5)). */
export interface SetStatus {
  readonly key: number;
  readonly id: number;
  readonly mode: string;
  readonly semaphores: number;
  readonly owner: number;
  readonly creator: number;
}

/** All sets there are. */
export function sets(): SetStatus[] {
  return readFileSync("/proc/sysvipc/sem", "utf8").trim().split("\n").slice(1).map((line) => {
    const fields = line.trim().split(/\s+/);
    const [key = 0, id = 0, , semaphores = 0, owner = 0, , creator = 0] = fields.map(Number);
    return { key, id, mode: fields[2] ?? "", semaphores, owner, creator };
  });
}

/** The set with this key; undefined where there is none. */
export function setAt(key: number): SetStatus | undefined {
  return sets().find((set) => set.key === key);
}

/** The set of a counter that was opened by its name. */
export function setOf(counter: RefCounter): SetStatus | undefined {
  return setAt(placeOf("counter", counter.name).key);
}

/** The id of a counter's set. While others remove sets, the kernel's list may lack one that is there. */
export function idOf(counter: RefCounter): number {
  const set = SemaphoreSet.find(placeOf("counter", counter.name));
  if (set === undefined) throw new Error(`${counter.name} has no set`);
  return set.id;
}

/** Removes the set of a counter, as anybody can with ipcrm(1). */
export function removeSet(counter: RefCounter): void {
  run("ipcrm", ["-s", `${idOf(counter)}`]);
}

/** How many threads wait in the kernel for one of a set's semaphores. */
export function waiters(id: number, semaphore: number): number {
  return ipc().semctl(id, semaphore, GETZCNT, null) + ipc().semctl(id, semaphore, GETNCNT, null);
}

/** A key that is no name's. */
export function freshKey(): number {
  const [random = 1] = crypto.getRandomValues(new Uint32Array(1));
  return 1 + random % 0x7ffffffe;
}

/** A counter at a key and with a label of the test's choice: as if its name had these hashes. */
export function counterAt(key: number, tag: number): RefCounter {
  const name = `key ${key} tag ${tag}`;
  return new SysvCounter(name, { key, tag, subject: `for counter "${name}"`, manner: MANNER });
}

/** A set that is not procref's, at a key; it goes with the scope. */
export function plant(key: number, semaphores: number, mode: number): Disposable & { id: number } {
  const id = ipc().semget(key, semaphores, IPC_CREAT_EXCL | mode);
  return { id, [Symbol.dispose]: () => run("ipcrm", ["-s", `${id}`]) };
}

/** A set that another user made: its key is the kernel's choice (ipcmk(1)). It goes with the scope. */
export function plantAsNobody(semaphores: number): SetStatus & Disposable {
  const nobody = 65534;
  const before = sets().map((set) => set.id);
  const { status } = spawnSync("ipcmk", ["-S", `${semaphores}`, "-p", "0600"], {
    uid: nobody,
    gid: nobody,
  });
  const planted = sets().find((set) => !before.includes(set.id));
  if (status !== 0 || planted === undefined) throw new Error(`ipcmk ended with ${status}`);
  return { ...planted, [Symbol.dispose]: () => run("ipcrm", ["-s", `${planted.id}`]) };
}

function run(program: string, args: readonly string[]): void {
  const { status, stderr } = spawnSync(program, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr}`);
}
