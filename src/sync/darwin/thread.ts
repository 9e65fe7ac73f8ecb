// A thread has a number that no other one gets until the next boot (pthread_threadid_np). Whether it lives is asked of its
// process (proc_pidinfo, PROC_PIDTHREADID64INFO). The kernel tells of a process's end (kqueue(2)) but of no thread's: for
// a Worker that ends while its process goes on, a waiter looks again and again.

import { processes } from "../../../ffi/libc.ts";
import { SystemError } from "../../../ffi/errors.ts";
import { darwinProcesses } from "../../../ffi/libsystem.ts";
import { DARWIN, PROC_THREADINFO } from "../../../ffi/numbers/darwin.ts";
import type { ProcessIdentity } from "../../process/identity.ts";
import { HeldByKqueue, openQueue } from "../../process/darwin.ts";
import { identify } from "../../process/alive.ts";
import { sleep } from "../../wait.ts";
import type { HeldThread, ThreadTag } from "../system.ts";

// No pid needs more than 17 bits; 8 bits of the thread's number tell it from others of its process.
const PID_BITS = 22;
const PID_MASK = (1 << PID_BITS) - 1;
const LARGEST_START = 2 ** 31 - 1;
const UNKNOWN = 0; // a thread whose number does not fit: its process stands in
const LOOK_AGAIN = 50; // ms

let mine: Required<ThreadTag> | undefined;

/** The thread that runs this isolate. JavaScript never moves to another one in either runtime. */
export function self(): Required<ThreadTag> {
  return mine ??= findSelf();
}

function findSelf(): Required<ThreadTag> {
  const number = new BigUint64Array(1);
  const failure = darwinProcesses().pthread_threadid_np(null, number);
  if (failure !== 0) throw new SystemError("pthread_threadid_np", failure, "for this thread");
  const thread = number[0] ?? 0n;
  const start = thread > LARGEST_START ? UNKNOWN : Number(thread);
  return { tag: processes().getpid() | Number(thread & 0xffn) << PID_BITS, start };
}

/** Without a recorded number its process is all that is known of a thread. */
function lives(pid: number, start: number | undefined): boolean {
  if (start === undefined || start === UNKNOWN) return true;
  const room = new Uint8Array(PROC_THREADINFO.size);
  const { proc_pidinfo } = darwinProcesses();
  return proc_pidinfo(pid, DARWIN.PROC_PIDTHREADID64INFO, start, room, room.length) > 0;
}

class HeldThreadOfProcess implements HeldThread {
  readonly #pid: number;
  readonly #start: number | undefined;
  readonly #process: HeldByKqueue;

  constructor(pid: number, start: number | undefined, queue: number) {
    this.#pid = pid;
    this.#start = start;
    this.#process = new HeldByKqueue(pid, queue);
  }

  ended(): boolean {
    return this.#process.ended() || !lives(this.#pid, this.#start);
  }

  async whenEnded(signal: AbortSignal): Promise<void> {
    while (!this.ended()) {
      const over = new AbortController();
      const both = AbortSignal.any([signal, over.signal]);
      const end = this.#process.whenEnded(both);
      const pause = sleep(LOOK_AGAIN, both);
      try {
        await Promise.race([end, pause]);
      } finally {
        over.abort();
        await Promise.allSettled([end, pause]);
      }
    }
  }

  close(): void {
    this.#process.close();
  }
}

/** Takes hold of the thread; undefined when it has ended. @throws {SystemError} */
export function holdThread({ tag, start }: ThreadTag): HeldThread | undefined {
  const pid = tag & PID_MASK;
  const queue = openQueue(pid);
  if (queue === undefined) return undefined;
  const held = new HeldThreadOfProcess(pid, start, queue);
  if (!held.ended()) return held;
  held.close();
  return undefined;
}

/** The process that the thread belongs to; undefined when the thread has ended. */
export function processOf({ tag, start }: ThreadTag): ProcessIdentity | undefined {
  const pid = tag & PID_MASK;
  return lives(pid, start) ? identify(pid) : undefined;
}
