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

/** Tells why a feature doesn't work here, or throws; undefined: it does. */
export type Probe = () => string | undefined;

/** Tries a feature. */
export function probe(feature: string, mechanism: string, ask: Probe): FeatureReport {
  let reason: string | undefined;
  try {
    reason = ask();
  } catch (error) {
    reason = error instanceof ProcrefError ? error.message : String(error);
  }
  const available = reason === undefined;
  return { feature, available, mechanism, ...(reason === undefined ? {} : { reason }) };
}
