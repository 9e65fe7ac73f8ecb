// A job object (Microsoft, "Job Objects"): every process that a member starts is a member as well and cannot leave.
// When its last handle is closed, by whatever death of whoever had it, the kernel ends all members
// (JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE). So it needs no guardian.

import { nameless } from "../../ffi/windows/attributes.ts";
import { jobs } from "../../ffi/windows/creation.ts";
import { closeHandle, HandleSlot, succeeded } from "../../ffi/windows/ntdll.ts";
import { isSignaled } from "../../ffi/windows/poller.ts";
import { openProcess, PROCESS_RIGHTS } from "../process/windows.ts";
import { createNamed, openNamed, type Where } from "./named.ts";
import { allEnded } from "./wait.ts";

const LOOK = PROCESS_RIGHTS.queryLimited | PROCESS_RIGHTS.synchronize;

const ALL_OF_JOB = 0x1f003f;
const PROCESS_ID_LIST = 3;
const EXTENDED_LIMITS = 9;
/** Of JOBOBJECT_EXTENDED_LIMIT_INFORMATION. */
export const EXTENDED_BYTES = 144;
const LIMIT_KILL_ON_CLOSE = 0x2000;
const STATUS_BUFFER_OVERFLOW = 0x80000005;

/** A hold on a job. */
export class Job {
  #handle: number;

  /** Another hold on a job, by its handle, which becomes this object's. */
  protected constructor(handle: number) {
    this.#handle = handle;
  }

  /** A job that ends its members with its last handle. Without a name only this process has it. @throws {SystemError} */
  static create(where?: Where): Job {
    const job = new Job(newJob(where));
    try {
      job.setLimits(new Uint8Array(EXTENDED_BYTES));
      return job;
    } catch (error) {
      job.close();
      throw error;
    }
  }

  /** The job of a name; undefined where nobody has it open. @throws {PermissionError | SystemError} */
  static open(where: Where): Job | undefined {
    const { NtOpenJobObject } = jobs();
    const handle = openNamed(
      where,
      "NtOpenJobObject",
      (slot, attributes) => NtOpenJobObject(slot, ALL_OF_JOB, attributes),
    );
    return handle === undefined ? undefined : new Job(handle);
  }

  get handle(): number {
    return this.#handle;
  }

  /** Sets a JOBOBJECT_EXTENDED_LIMIT_INFORMATION; that the last handle ends all is part of it. @throws {SystemError} */
  protected setLimits(information: Uint8Array): void {
    const view = new DataView(information.buffer);
    view.setUint32(16, view.getUint32(16, true) | LIMIT_KILL_ON_CLOSE, true);
    this.set(EXTENDED_LIMITS, information);
  }

  /** Sets what a job has of a kind. @throws {SystemError} */
  protected set(kind: number, value: Uint8Array | Uint32Array): void {
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

  /** The pids of the members, in ascending order; none once it is closed: no handle means one's own job. */
  members(): number[] {
    if (this.#handle === 0) return [];
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

  /** Ends every member, and what they start meanwhile, and waits for that. @throws The signal's reason. */
  async end(exitCode: number, signal: AbortSignal): Promise<void> {
    for (let living = this.#living(); living.length > 0; living = this.#living()) {
      this.terminate(exitCode);
      await allEnded(living, signal);
    }
  }

  /** Handles of the members that have not ended: one that has may be listed for a while. */
  #living(): number[] {
    const living: number[] = [];
    for (const pid of this.members()) {
      const handle = openProcess(pid, LOOK);
      if (handle === undefined) continue;
      if (isSignaled(handle)) closeHandle(handle);
      else living.push(handle);
    }
    return living;
  }

  /** Gives the hold back; with the last one whoever is still inside ends. */
  close(): void {
    if (this.#handle !== 0) closeHandle(this.#handle);
    this.#handle = 0;
  }
}

/** The handle of a job without limits. @throws {SystemError} */
export function newJob(where?: Where): number {
  const { NtCreateJobObject } = jobs();
  if (where !== undefined) {
    return createNamed(
      where,
      "NtCreateJobObject",
      (slot, attributes) => NtCreateJobObject(slot, ALL_OF_JOB, attributes),
    );
  }
  const slot = new HandleSlot();
  succeeded(NtCreateJobObject(slot.bytes, ALL_OF_JOB, nameless()), "NtCreateJobObject");
  return slot.value;
}
