import { jobs } from "../../../ffi/windows/creation.ts";
import { asked } from "../limits.ts";
import type { ResourceLimits } from "../types.ts";

/** Why these limits would not hold on this host; undefined: the kernel enforces them. */
export function unenforceable(limits: ResourceLimits): string | undefined {
  const names = asked(limits);
  if (names.length === 0 || jobs().wine_get_version === undefined) return undefined;
  return `No limit on ${names.join(", ")} here: ${WINE}`;
}

/** Why nothing is limited under Wine. */
export const WINE = "Wine accepts the limits of a job and does not enforce them";
