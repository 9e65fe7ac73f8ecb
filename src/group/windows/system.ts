import { UnsupportedError } from "../../../ffi/errors.ts";
import { jobs } from "../../../ffi/windows/creation.ts";
import type { ContainmentSystem } from "../system.ts";
import { JobContainment } from "./containment.ts";
import { WINE } from "./limits.ts";

/** Windows, from 8 on: before, a process could be in one job only. */
export const windows: ContainmentSystem = {
  host() {
    const enforced = jobs().wine_get_version === undefined;
    return {
      mechanism: "job_object",
      limits: { memory: enforced, processes: enforced, cpu: enforced },
      ...(enforced ? {} : { reason: WINE }),
    };
  },

  // deno-lint-ignore require-await
  async open(mechanism, limits) {
    if (mechanism !== undefined && mechanism !== "job_object") {
      throw new UnsupportedError(`Containment by ${mechanism}`, "windows");
    }
    return new JobContainment(limits);
  },

  // deno-lint-ignore require-await
  async openRun() {
    return new JobContainment({});
  },
};
