import { ProcrefError } from "../../ffi/errors.ts";

/** What one feature rests on here. */
export interface FeatureReport {
  /** For example `"reference count"`. */
  readonly feature: string;
  /** True if it works on this host. */
  readonly available: boolean;
  /** The kernel object or program behind it. */
  readonly mechanism: string;
  /** Why it doesn't work, where it doesn't. */
  readonly reason?: string;
}

/** Tries a feature: `ask` tells why it doesn't work, or throws; undefined means that it does. */
export function probe(
  feature: string,
  mechanism: string,
  ask: () => string | undefined,
): FeatureReport {
  let reason: string | undefined;
  try {
    reason = ask();
  } catch (error) {
    reason = error instanceof ProcrefError ? error.message : String(error);
  }
  const available = reason === undefined;
  return { feature, available, mechanism, ...(reason === undefined ? {} : { reason }) };
}
