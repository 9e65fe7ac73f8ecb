// A process that does with the shared objects what it is told, line by line, and answers each line with one.

import { createInterface } from "node:readline";
import process from "node:process";
import {
  BinarySemaphore,
  ConditionVariable,
  Monitor,
  Mutex,
  type MutexGuard,
  ProcrefError,
  Semaphore,
  SharedArray,
  SharedMemory,
} from "@procref/procref/sync";

const [name = ""] = process.argv.slice(2);
let guard: MutexGuard | undefined;
const mutex = Mutex.open(name);

/** Unlocked, this loses increments: it reads, does something else and writes. */
function increment(values: SharedArray<Float64Array>, by: number, dawdle: number): void {
  const value = values.at(0) ?? 0;
  for (const end = performance.now() + dawdle; performance.now() < end;);
  values.set(0, value + by);
}

const commands: Record<string, (...args: string[]) => unknown> = {
  async lock(timeout = "Infinity") {
    guard = await mutex.lock({ timeout: Number(timeout) });
    return `locked ${guard.abandoned} ${performance.timeOrigin + performance.now()}`;
  },
  lockSync() {
    guard = mutex.lockSync();
    return `locked ${guard.abandoned} ${performance.timeOrigin + performance.now()}`;
  },
  tryLock() {
    guard = mutex.tryLock();
    return guard === undefined ? "busy" : `locked ${guard.abandoned}`;
  },
  /** Frees the lock soon and takes it again at once, while the caller blocks its thread and cannot. */
  bounceSoon() {
    setTimeout(() => {
      guard?.release();
      guard = mutex.tryLock();
    }, 30);
    return "soon";
  },
  /** For a caller that will block its thread, and could not tell when. */
  unlockSoon() {
    setTimeout(() => guard?.release(), 50);
    return "soon";
  },
  unlock() {
    guard?.release();
    return "unlocked";
  },
  /** Goes in and out for ever and notes on a board whom it meets inside. */
  async patrol() {
    const board = SharedArray.open(`${name}-board`, Int32Array, 3).values;
    for (let turn = 0;; turn++) {
      using held = turn % 3 === 0 ? mutex.lockSync() : await mutex.lock();
      // A holder that died inside has left its name; nobody else may.
      if (board[0] !== 0 && !held.abandoned) Atomics.add(board, 1, 1);
      board[0] = process.pid;
      for (let spin = 0; spin < turn % 1000; spin++) Atomics.load(board, 0);
      if (board[0] !== process.pid) Atomics.add(board, 1, 1);
      Atomics.add(board, 2, 1);
      board[0] = 0;
    }
  },
  /** Takes the lock as often as it can for some milliseconds, and counts. */
  hammer(duration: string) {
    const values = SharedArray.open(name, Float64Array, 1).values;
    let taken = 0;
    for (const end = performance.now() + Number(duration); performance.now() < end;) {
      for (let turn = 0; turn < 1000; turn++) {
        const held = mutex.tryLock();
        if (held === undefined) continue;
        values[0] = (values[0] ?? 0) + 1;
        held.release();
        taken++;
      }
    }
    return `taken ${taken}`;
  },
  /** Posts to a binary semaphore as often as it can, and counts the posts that succeed. */
  hammerPosts(duration: string) {
    const binary = BinarySemaphore.open(name, { initial: 0 });
    let posted = 0;
    for (const end = performance.now() + Number(duration); performance.now() < end;) {
      try {
        binary.post();
        posted++;
      } catch {
        // It is 1 already.
      }
    }
    return `posted ${posted}`;
  },
  /** Waits for a binary semaphore until there is nothing for a while, and counts. */
  async drain(patience: string) {
    const binary = BinarySemaphore.open(name, { initial: 0 });
    for (let waited = 0;; waited++) {
      const over = await binary.wait({ timeout: Number(patience) }).then(() => false, () => true);
      if (over) return `waited ${waited}`;
    }
  },
  /** Locks and unlocks in a loop, and tells how many turns others had during its longest wait. */
  async contend(rounds: string, hold: string) {
    const turns = SharedArray.open(name, Float64Array, 1).values;
    let most = 0;
    for (let round = 0; round < Number(rounds); round++) {
      const before = turns[0] ?? 0;
      using _guard = await mutex.lock();
      const now = turns[0] ?? 0;
      most = Math.max(most, now - before);
      turns[0] = now + 1;
      for (const end = performance.now() + Number(hold); performance.now() < end;);
    }
    return `most ${most}`;
  },
  async add(kind: string, times: string, by: string) {
    const values = SharedArray.open(name, Float64Array, 1);
    const lock = kind === "mutex" ? mutex : kind === "monitor" ? Monitor.open(name) : undefined;
    for (let time = 0; time < Number(times); time++) {
      if (lock === undefined) increment(values, Number(by), 0.01);
      else await lock.synchronize(() => increment(values, Number(by), 0.01));
    }
    return "added";
  },
  post(units = "1") {
    Semaphore.open(name, { initial: 0 }).post(Number(units));
    return "posted";
  },
  async wait(timeout = "Infinity") {
    await Semaphore.open(name, { initial: 0 }).wait({ timeout: Number(timeout) });
    return "waited";
  },
  postBinary() {
    BinarySemaphore.open(name, { initial: 0 }).post();
    return "posted";
  },
  async waitBinary() {
    await BinarySemaphore.open(name, { initial: 0 }).wait();
    return "waited";
  },
  async condition(timeout = "Infinity") {
    const condition = ConditionVariable.open(name);
    using held = await mutex.lock();
    const waiting = condition.wait(held, { timeout: Number(timeout) });
    console.log("waiting"); // it has registered by now
    return `signalled ${await waiting}`;
  },
  signal() {
    ConditionVariable.open(name).signal();
    return "done";
  },
  signalSoon() {
    const condition = ConditionVariable.open(name);
    setTimeout(() => mutex.synchronize(() => condition.signal()), 50);
    return "soon";
  },
  broadcast() {
    ConditionVariable.open(name).broadcast();
    return "done";
  },
  write(text: string) {
    SharedMemory.open(name, { size: 4096 }).writeObject({ text, bytes: new Uint8Array([1, 2]) });
    return "written";
  },
  read() {
    return JSON.stringify(SharedMemory.open(name).readObject(0));
  },
};

console.log("ready");
for await (const line of createInterface(process.stdin)) {
  const [command = "", ...args] = line.split(" ");
  // Not awaited: a wait goes on while the next line comes.
  Promise.try(() => commands[command]?.(...args) ?? "unknown").then(
    (answer) => console.log(String(answer)),
    (error) => console.log(`${error instanceof ProcrefError ? error.code : ""} ${error}`),
  );
}
