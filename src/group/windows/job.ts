// A job of this process alone, as the container of a tree (src/object/job.ts).

import { jobs } from "../../../ffi/windows/creation.ts";
import { succeeded } from "../../../ffi/windows/ntdll.ts";
import { EXTENDED_BYTES, Job, newJob } from "../../object/job.ts";
import type { ResourceLimits } from "../types.ts";

const ACCOUNTING = 1;
const EXTENDED_LIMITS = 9;
const CPU_RATE = 15;
const LIMIT_ACTIVE_PROCESSES = 0x8;
const LIMIT_JOB_MEMORY = 0x200;
const CPU_ENABLE_HARD_CAP = 1 | 4;
const WHOLE_CPU = 10_000; // a rate is in hundredths of a percent of all processors together
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
export class TreeJob extends Job {
  constructor() {
    super(newJob());
    this.limit({});
  }

  /** Sets all limits. @throws {SystemError} */
  limit({ memory, processes, cpu }: ResourceLimits): void {
    const bytes = new Uint8Array(EXTENDED_BYTES);
    const view = new DataView(bytes.buffer);
    const flags = (memory === undefined ? 0 : LIMIT_JOB_MEMORY) |
      (processes === undefined ? 0 : LIMIT_ACTIVE_PROCESSES);
    view.setUint32(16, flags, true);
    view.setUint32(40, processes ?? 0, true);
    view.setBigUint64(120, BigInt(memory ?? 0), true);
    this.setLimits(bytes);
    if (cpu === undefined) return;
    const share = Math.min(1, cpu / navigator.hardwareConcurrency);
    const rate = new Uint32Array([CPU_ENABLE_HARD_CAP, Math.max(1, Math.round(share * WHOLE_CPU))]);
    this.set(CPU_RATE, rate);
  }

  accounting(): Accounting {
    const { NtQueryInformationJobObject } = jobs();
    const used = new BigUint64Array(6);
    succeeded(
      NtQueryInformationJobObject(this.handle, ACCOUNTING, used, used.byteLength, null),
      "NtQueryInformationJobObject",
    );
    const limits = new BigUint64Array(EXTENDED_BYTES / 8);
    succeeded(
      NtQueryInformationJobObject(this.handle, EXTENDED_LIMITS, limits, EXTENDED_BYTES, null),
      "NtQueryInformationJobObject",
    );
    const [user = 0n, kernel = 0n] = used;
    return {
      active: Number((used[5] ?? 0n) & 0xffffffffn),
      cpuTime: Number((user + kernel) / UNITS),
      peakMemory: Number(limits[17] ?? 0n),
    };
  }
}
