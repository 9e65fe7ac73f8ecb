// A job object (Microsoft, "Job Objects"): every process that a member starts is a member as well and cannot leave.
// Only its owner has a handle of it; when that is closed, by whatever death of the owner, the kernel ends all members
// (JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE). So it needs no guardian.

import { nameless } from "../../../ffi/windows/attributes.ts";
import { jobs } from "../../../ffi/windows/creation.ts";
import { closeHandle, HandleSlot, succeeded } from "../../../ffi/windows/ntdll.ts";
import type { ResourceLimits } from "../types.ts";

const ALL_OF_JOB = 0x1f003f;
const ACCOUNTING = 1;
const PROCESS_ID_LIST = 3;
const EXTENDED_LIMITS = 9;
const CPU_RATE = 15;
const EXTENDED_BYTES = 144;
const LIMIT_ACTIVE_PROCESSES = 0x8;
const LIMIT_JOB_MEMORY = 0x200;
const LIMIT_KILL_ON_CLOSE = 0x2000;
const CPU_ENABLE_HARD_CAP = 1 | 4;
const WHOLE_CPU = 10_000; // a rate is in hundredths of a percent of all processors together
const STATUS_BUFFER_OVERFLOW = 0x80000005;
const UNITS = 10_000n; // of 100 ns in a millisecond

/** What a job has used. */
export interface Accounting {
  readonly active: number;
  /** ms */
  readonly cpuTime: number;
  /** Bytes. */
  readonly peakMemory: number;
}

/** A job of this process alone. */
export class Job {
  #handle: number;

  constructor() {
    const slot = new HandleSlot();
    const { NtCreateJobObject } = jobs();
    succeeded(NtCreateJobObject(slot.bytes, ALL_OF_JOB, nameless()), "NtCreateJobObject");
    this.#handle = slot.value;
    this.limit({});
  }

  get handle(): number {
    return this.#handle;
  }

  /** Sets all limits. @throws {SystemError} */
  limit({ memory, processes, cpu }: ResourceLimits): void {
    const bytes = new Uint8Array(EXTENDED_BYTES);
    const view = new DataView(bytes.buffer);
    const flags = LIMIT_KILL_ON_CLOSE | (memory === undefined ? 0 : LIMIT_JOB_MEMORY) |
      (processes === undefined ? 0 : LIMIT_ACTIVE_PROCESSES);
    view.setUint32(16, flags, true);
    view.setUint32(40, processes ?? 0, true);
    view.setBigUint64(120, BigInt(memory ?? 0), true);
    this.#set(EXTENDED_LIMITS, bytes);
    if (cpu === undefined) return;
    const share = Math.min(1, cpu / navigator.hardwareConcurrency);
    const rate = new Uint32Array([CPU_ENABLE_HARD_CAP, Math.max(1, Math.round(share * WHOLE_CPU))]);
    this.#set(CPU_RATE, rate);
  }

  #set(kind: number, value: Uint8Array | Uint32Array): void {
    const { NtSetInformationJobObject } = jobs();
    const status = NtSetInformationJobObject(this.#handle, kind, value, value.byteLength);
    succeeded(status, "NtSetInformationJobObject");
  }

  /** Takes a running process in. @throws {SystemError} */
  assign(process: number, pid: number): void {
    const { NtAssignProcessToJobObject } = jobs();
    const status = NtAssignProcessToJobObject(this.#handle, process);
    succeeded(status, "NtAssignProcessToJobObject", `for pid ${pid}`);
  }

  /** Ends every member with this exit code. */
  terminate(exitCode: number): void {
    succeeded(jobs().NtTerminateJobObject(this.#handle, exitCode), "NtTerminateJobObject");
  }

  /** The pids of the members, in ascending order. */
  members(): number[] {
    const { NtQueryInformationJobObject } = jobs();
    for (let room = 64;; room *= 4) {
      // JOBOBJECT_BASIC_PROCESS_ID_LIST: two counts of 32 bits, then the ids.
      const list = new BigUint64Array(room);
      const size = list.byteLength;
      const status = NtQueryInformationJobObject(this.#handle, PROCESS_ID_LIST, list, size, null);
      if (status >>> 0 === STATUS_BUFFER_OVERFLOW) continue;
      succeeded(status, "NtQueryInformationJobObject");
      const count = Number((list[0] ?? 0n) >> 32n);
      return Array.from(list.subarray(1, 1 + count), Number).sort((a, b) => a - b);
    }
  }

  accounting(): Accounting {
    const { NtQueryInformationJobObject } = jobs();
    const used = new BigUint64Array(6);
    succeeded(
      NtQueryInformationJobObject(this.#handle, ACCOUNTING, used, used.byteLength, null),
      "NtQueryInformationJobObject",
    );
    const limits = new BigUint64Array(EXTENDED_BYTES / 8);
    succeeded(
      NtQueryInformationJobObject(this.#handle, EXTENDED_LIMITS, limits, EXTENDED_BYTES, null),
      "NtQueryInformationJobObject",
    );
    const [user = 0n, kernel = 0n] = used;
    return {
      active: Number((used[5] ?? 0n) & 0xffffffffn),
      cpuTime: Number((user + kernel) / UNITS),
      peakMemory: Number(limits[17] ?? 0n),
    };
  }

  /** Gives the job back; whoever is still inside ends. */
  close(): void {
    if (this.#handle !== 0) closeHandle(this.#handle);
    this.#handle = 0;
  }
}
