import { LINUX } from "../../ffi/numbers/linux.ts";
import { checkInteger } from "../check.ts";

/** The priority for disk access: a class, and within the first two a level from 0 (first) to 7 (last). */
export interface IoPriority {
  /** `"realtime"` needs a right (CAP_SYS_ADMIN or CAP_SYS_NICE); `"idle"` gets what nobody else wants. */
  readonly class: "realtime" | "best-effort" | "idle";
  /**
   * 0 to 7.
   *
   * @default {4}
   */
  readonly level?: number;
}

/** The resources of setrlimit(2), without their `RLIMIT_`. */
export type RlimitName =
  | "cpu"
  | "fsize"
  | "data"
  | "stack"
  | "core"
  | "rss"
  | "nproc"
  | "nofile"
  | "memlock"
  | "as";

/** One limit: `Infinity` means none. A number sets both; a soft limit alone leaves the hard one as it is. */
export type Rlimit = number | { readonly soft: number; readonly hard?: number };

/** Limits of one process, which its children inherit, each for itself. */
export type Rlimits = { readonly [Name in RlimitName]?: Rlimit };

const RLIMIT_NUMBERS = {
  cpu: LINUX.RLIMIT_CPU,
  fsize: LINUX.RLIMIT_FSIZE,
  data: LINUX.RLIMIT_DATA,
  stack: LINUX.RLIMIT_STACK,
  core: LINUX.RLIMIT_CORE,
  rss: LINUX.RLIMIT_RSS,
  nproc: LINUX.RLIMIT_NPROC,
  nofile: LINUX.RLIMIT_NOFILE,
  memlock: LINUX.RLIMIT_MEMLOCK,
  as: LINUX.RLIMIT_AS,
} as const satisfies Record<RlimitName, number>;

const IO_CLASSES = {
  realtime: LINUX.IOPRIO_CLASS_RT,
  "best-effort": LINUX.IOPRIO_CLASS_BE,
  idle: LINUX.IOPRIO_CLASS_IDLE,
} as const;
const LARGEST_CPU = 1023; // cpu_set_t has 1024 bits

/** What a child gets between its birth and its program, because no runtime offers it. */
export interface Attributes {
  readonly priority: number | undefined;
  readonly ioPriority: IoPriority | undefined;
  readonly affinity: readonly number[] | undefined;
  readonly rlimits: Rlimits | undefined;
}

/** True if there is anything to be set. */
export function hasAttributes(attributes: Attributes): boolean {
  const { priority, ioPriority, affinity, rlimits } = attributes;
  return [priority, ioPriority, affinity, rlimits].some((value) => value !== undefined);
}

/** The number of a resource (setrlimit(2)). */
export function rlimitEntries(rlimits: Rlimits): { name: string; number: number; limit: Rlimit }[] {
  return Object.entries(rlimits).filter(([, limit]) => limit !== undefined).map((
    [name, limit],
  ) => ({
    name,
    number: Object.hasOwn(RLIMIT_NUMBERS, name) ? RLIMIT_NUMBERS[name as RlimitName] : -1,
    limit,
  }));
}

/** The number of a class (ioprio_set(2)). */
export function ioClass(priority: IoPriority): number {
  return IO_CLASSES[priority.class];
}

/** @throws {TypeError} No such class. @throws {RangeError} No such level. */
export function checkIoPriority(priority: IoPriority): void {
  if (
    typeof priority !== "object" || priority === null || !Object.hasOwn(IO_CLASSES, priority.class)
  ) {
    throw new TypeError(`ioPriority's class is one of ${Object.keys(IO_CLASSES).join(", ")}`);
  }
  if (priority.level !== undefined) checkInteger(priority.level, "ioPriority's level", 0, 7);
}

/** @throws {TypeError} No array. @throws {RangeError} No CPU, or no number of one. */
export function checkAffinity(affinity: readonly number[]): void {
  if (!Array.isArray(affinity)) throw new TypeError("affinity is an array of CPU numbers");
  if (affinity.length === 0) throw new RangeError("affinity names at least one CPU");
  for (const cpu of affinity) checkInteger(cpu, "A CPU's number", 0, LARGEST_CPU);
}

/** @throws {TypeError} No such resource. @throws {RangeError} Negative, NaN, or a soft limit above the hard one. */
export function checkRlimits(rlimits: Rlimits): void {
  if (typeof rlimits !== "object" || rlimits === null) throw new TypeError("rlimits is an object");
  for (const { name, number, limit } of rlimitEntries(rlimits)) {
    if (number === -1) throw new TypeError(`No limit of setrlimit(2): ${JSON.stringify(name)}`);
    const { soft, hard = soft } = typeof limit === "number" ? { soft: limit } : limit;
    for (const value of [soft, hard]) {
      if (value !== Infinity) checkInteger(value, `rlimits.${name}`, 0, Number.MAX_SAFE_INTEGER);
    }
    if (soft > hard) throw new RangeError(`rlimits.${name}: soft ${soft} is above hard ${hard}`);
  }
}
