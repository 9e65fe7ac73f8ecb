import { UnsupportedError } from "../../../ffi/errors.ts";
import { asked, ResourceLimitError } from "../limits.ts";
import { ProcessGroupContainment } from "../process_groups/containment.ts";
import type { Containment, ContainmentSystem } from "../system.ts";
import { darwin as table } from "./process_table.ts";

/** macOS. */
export const darwin: ContainmentSystem = {
  host: () => ({
    mechanism: "process_group",
    limits: { memory: false, processes: false, cpu: false },
    reason: "macOS has nothing that a process can't leave, and no limits for a tree",
  }),

  // deno-lint-ignore require-await
  async open(mechanism, limits): Promise<Containment> {
    if (mechanism !== undefined && mechanism !== "process_group") {
      throw new UnsupportedError(`Containment by ${mechanism}`, "macOS");
    }
    if (asked(limits).length > 0) {
      throw new ResourceLimitError("unsupported", "A process group has no limits of its own");
    }
    return ProcessGroupContainment.open(table);
  },

  openRun: () => darwin.open(undefined, {}),
};
