import { ProcrefError } from "../../ffi/errors.ts";
import type { ResourceLimits } from "./types.ts";

/** Why a limit is refused. */
export type LimitProblem = "invalid" | "unsupported" | "unenforceable";

/**
 * A limit that is no limit, or that nothing here would enforce. Thrown before anything starts.
 *
 * @example
 * ```ts
 * import { ProcessGroup, ResourceLimitError } from "@procref/procref/group";
 *
 * try {
 *   await using group = await ProcessGroup.create({ limits: { memory: 256 * 1024 * 1024 } });
 *   console.log(group.mechanism, "holds its members to 256 MB");
 * } catch (error) {
 *   if (!(error instanceof ResourceLimitError)) throw error;
 *   console.log(error.reason, error.message); // this host can't enforce it, and says why
 * }
 * ```
 */
export class ResourceLimitError extends ProcrefError {
  /** The class's name. */
  override name = "ResourceLimitError";
  /**
   * `"invalid"`: 0, negative, NaN or out of range. `"unsupported"`: the mechanism has no limits.
   * `"unenforceable"`: the mechanism has them, but not on this host, or not for this user.
   */
  readonly reason: LimitProblem;

  /**
   * Refuses a limit.
   *
   * @param reason Which kind of refusal.
   * @param message The limit, and why.
   */
  constructor(reason: LimitProblem, message: string) {
    super("resource_limit", message);
    this.reason = reason;
  }
}

const NAMES: readonly LimitName[] = ["memory", "processes", "cpu"];

/** The name of a limit. */
export type LimitName = keyof ResourceLimits;

const LEAST_CPU = 0.01; // 1 ms in each 100 ms: what cpu.max takes at least

/**
 * Checks that each limit is one.
 *
 * @throws {ResourceLimitError} `invalid`.
 * @throws {TypeError} The limits are no object.
 */
export function checkLimits(limits: ResourceLimits): void {
  if (typeof limits !== "object" || limits === null) throw new TypeError("limits is an object");
  for (const name of asked(limits)) {
    const value: unknown = limits[name];
    const least = name === "cpu" ? LEAST_CPU : 1;
    if (
      typeof value !== "number" || !Number.isFinite(value) || value < least ||
      (name !== "cpu" && !Number.isSafeInteger(value))
    ) {
      const kind = name === "cpu" ? `a number of cores from ${LEAST_CPU}` : "a positive integer";
      throw new ResourceLimitError("invalid", `The limit ${name} is ${kind}: ${String(value)}`);
    }
  }
}

/** The limits that are asked for. */
export function asked(limits: ResourceLimits): LimitName[] {
  return NAMES.filter((name) => limits[name] !== undefined);
}
