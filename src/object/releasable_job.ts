import { EXTENDED_BYTES, Job, newJob } from "./job.ts";

const EXTENDED_LIMITS = 9;
const LIMIT_BREAKAWAY_OK = 0x800;

/** A job of this process alone, that ends its members together with this process until it lets them go. */
export class ReleasableJob extends Job {
  /** @throws {SystemError} */
  constructor() {
    super(newJob());
    this.setLimits(new Uint8Array(EXTENDED_BYTES));
  }

  /** From now on the members live on without us, and what they start may leave. @throws {SystemError} */
  letGo(): void {
    const limits = new Uint8Array(EXTENDED_BYTES);
    new DataView(limits.buffer).setUint32(16, LIMIT_BREAKAWAY_OK, true);
    this.set(EXTENDED_LIMITS, limits);
  }
}
