import { platform } from "../../../ffi/platform.ts";
import type { ProcessIdentity } from "../../process/identity.ts";
import type { Settings } from "../options.ts";
import type { Claim } from "../pid_file/system.ts";
import { launchOnPosix } from "./posix.ts";

// Another system's way is loaded only there.
const windows = platform === "windows" ? await import("./windows.ts") : undefined;

/** What is to be started. */
export interface Start {
  /** What messages call it: `The daemon`. */
  readonly title: string;
  readonly command: readonly [string, ...string[]];
  /** All variables. */
  readonly environment: Readonly<Record<string, string>>;
  readonly settings: Settings;
  /** True: the program is this one, which knows of the order; false: any program. */
  readonly informed: boolean;
}

/** What is known of a daemon by now. */
export interface LaunchState {
  /** The process that was started. */
  readonly daemon: ProcessIdentity | undefined;
  /** What it said when it was ready. */
  readonly ready: string | undefined;
}

/** A daemon that has been launched and may not be ready yet. Its scope's end lets go of what it took to watch it. */
export interface Launched extends Disposable {
  /** How much of its log was there before. */
  readonly from: number;
  /** How it ended, when it has: `exited with code 1`. */
  readonly ended: Promise<string>;
  /** Tells it who it is, where it can't see that for itself; resolves when it knows, or is gone. */
  introduce(): Promise<void>;
  state(): LaunchState;
  /** The end of what it has printed, as far as that can be read, for an error message. */
  lastWords(): string;
  /** Resolves when the daemon has something to tell, or is gone. */
  signalled(): Promise<void>;
  /** False while the process of that pid is not the program yet. */
  isProgram(pid: number): boolean;
  /** Lets the daemon go its own way; resolves when only it is left. */
  letGo(): Promise<void>;
  /** Ends the daemon, and whatever it has started and not sent away, at once. */
  end(): Promise<void>;
}

/**
 * Starts a daemon that holds the pid file from its first instant on. This process, too, holds it until it closes it.
 *
 * @throws {SystemError} Nothing was started.
 */
export type Launch = (start: Start, pidFile: Claim | undefined) => Launched;

/** This system's way. */
export const launch: Launch = windows?.launchOnWindows ?? launchOnPosix;

/** Variables put over others; on Windows their names are the same in either case. */
export const overlay: (
  below: Readonly<Record<string, string>>,
  above: Readonly<Record<string, string>>,
) => Record<string, string> = windows?.overlaid ?? ((below, above) => ({ ...below, ...above }));
