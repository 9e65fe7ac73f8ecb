import type { DaemonizeSelfOptions } from "@procref/procref/daemon";

/** What program.ts is told to do. */
export interface Told {
  readonly options?: DaemonizeSelfOptions;
  /** A file to which each process appends its pid before it becomes a daemon. */
  readonly before?: string;
  /** True: it catches what daemonize() rejects with, prints its code, and exits with 9. */
  readonly caught?: boolean;
  /** What it does as a daemon, one after the other. */
  readonly steps?: readonly (readonly [verb: Verb, text?: string])[];
}

type Verb =
  | "report"
  | "print"
  | "ready"
  | "codes"
  | "reload"
  | "onStop"
  | "terminal"
  | "throw"
  | "exit"
  | "wait";
