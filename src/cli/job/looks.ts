import type { Gate } from "./gate.ts";

/** What a keeper asks of processes, as functions of sh(1), and how it hears of them. */
export interface Looks {
  /** Redirects standard input to the pipe $1. */
  readonly listen: string;
  /** Sets `state`, `group` and `since` of process $1; fails where there is none. */
  readonly look: string;
  /** Prints the pids of those that have the variable `$mark` in their environment, of process group `$own` at least. */
  readonly marked: string;
  /** A start time as `since` has it. */
  written(startTime: string): string;
  /** Makes the pipe, whose read end another process can open by its path. @throws {SystemError} */
  pipe(): { readonly readEnd: number; readonly writeEnd: number; readonly path: string };
  /** Takes back a path that nobody is going to open. */
  discard(path: string): void;
  /** Where a command waits until it is known of; undefined where it is found by its environment. */
  gate(): Gate | undefined;
}
