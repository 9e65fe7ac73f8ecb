import type { StreamMode } from "../runtime/children/mod.ts";
import { checkAffinity, checkIoPriority, checkRlimits } from "./attributes.ts";
import type { IoPriority, Rlimits } from "./attributes.ts";
import { checkInteger, checkText } from "../check.ts";

/** How a child is started. */
export interface SpawnOptions {
  /** The arguments after the program's name. */
  readonly args?: readonly string[];
  /** The working directory. Default: this process's. */
  readonly cwd?: string | URL;
  /** Variables added to the environment, or with `clearEnv` all there are. */
  readonly env?: Readonly<Record<string, string>>;
  /**
   * Starts from an empty environment, but for `PROCREF_GROUP` in a group that is a process group.
   *
   * @default {false}
   */
  readonly clearEnv?: boolean;
  /**
   * Standard input: a pipe for `takeStdin()`, this process's own, or `/dev/null`.
   *
   * @default {"inherit"}
   */
  readonly stdin?: "piped" | "inherit" | "null";
  /**
   * Standard output.
   *
   * @default {"inherit"}
   */
  readonly stdout?: "piped" | "inherit" | "null";
  /**
   * Standard error.
   *
   * @default {"inherit"}
   */
  readonly stderr?: "piped" | "inherit" | "null";
  /** The user to run as; another than one's own needs the right to change it (setuid(2)). Not on Windows. */
  readonly uid?: number;
  /** The group to run as (setgid(2)). Not on Windows. */
  readonly gid?: number;
  /**
   * Makes the child the leader of a session of its own, without a terminal (setsid(2)). On Windows: without a console,
   * and out of reach of its Ctrl-C.
   *
   * @default {false}
   */
  readonly newSession?: boolean;
  /**
   * Windows: no console window.
   *
   * @default {false}
   */
  readonly windowsHide?: boolean;
  /** What the program sees as its own name. Default: its path. */
  readonly argv0?: string;
  /** The mask of permission bits for new files, 0 to 0o777 (umask(2)). Default: this process's. Not on Windows. */
  readonly umask?: number;
  /**
   * The nice value, -20 (first) to 19 (last) (setpriority(2)); on Windows the priority class that comes nearest.
   * Default: this process's.
   */
  readonly priority?: number;
  /** The priority for disk access (ioprio_set(2)). Default: derived from the nice value. Only on Linux. */
  readonly ioPriority?: IoPriority;
  /** The numbers of the CPUs it may use (sched_setaffinity(2)), on Windows up to 63. Default: this process's. Not on macOS. */
  readonly affinity?: readonly number[];
  /** Limits of each process alone (setrlimit(2)); those of a whole tree are a group's `limits`. Only on Linux. */
  readonly rlimits?: Rlimits;
}

/** What procref itself may ask for besides. */
export interface JoinableOptions extends SpawnOptions {
  /** Windows: standard error leads to wherever standard output does. */
  readonly joined?: boolean;
}

const STREAM_MODES: readonly unknown[] = ["piped", "inherit", "null"];
const LARGEST_ID = 2 ** 32 - 2;

/**
 * Checks everything that can be checked without the system.
 *
 * @throws {TypeError} A wrong type, or NUL in a text.
 * @throws {RangeError} A number out of range.
 */
export function checkSpawnOptions(options: SpawnOptions): void {
  if (typeof options !== "object" || options === null) {
    throw new TypeError("The options of a child are an object");
  }
  checkStream(options.stdin, "stdin");
  checkStream(options.stdout, "stdout");
  checkStream(options.stderr, "stderr");
  checkLaunch(options);
}

/** Checks all but the streams. @throws As `checkSpawnOptions`. */
export function checkLaunch(options: Omit<SpawnOptions, "stdin" | "stdout" | "stderr">): void {
  const { args = [], env, uid, gid, argv0, umask, priority, ioPriority } = options;
  if (!Array.isArray(args)) throw new TypeError("args is an array of strings");
  args.forEach((arg, index) => checkText(arg, `Argument ${index}`));
  if (env !== undefined) checkEnvironment(env);
  if (uid !== undefined) checkInteger(uid, "uid", 0, LARGEST_ID);
  if (gid !== undefined) checkInteger(gid, "gid", 0, LARGEST_ID);
  if (argv0 !== undefined) checkText(argv0, "argv0");
  if (umask !== undefined) checkInteger(umask, "umask", 0, 0o777);
  if (priority !== undefined) checkInteger(priority, "priority", -20, 19);
  if (ioPriority !== undefined) checkIoPriority(ioPriority);
  if (options.affinity !== undefined) checkAffinity(options.affinity);
  if (options.rlimits !== undefined) checkRlimits(options.rlimits);
}

function checkEnvironment(env: unknown): void {
  if (typeof env !== "object" || env === null) throw new TypeError("env is an object of strings");
  for (const [name, value] of Object.entries(env)) {
    checkText(name, "A variable's name");
    if (name === "" || name.includes("=")) {
      throw new TypeError(
        `A variable's name is not empty and holds no "=": ${JSON.stringify(name)}`,
      );
    }
    checkText(value, `Variable ${name}`);
  }
}

function checkStream(mode: StreamMode | undefined, name: string): void {
  if (mode === undefined || STREAM_MODES.includes(mode)) return;
  throw new TypeError(`${name} is "piped", "inherit" or "null": ${JSON.stringify(mode)}`);
}
