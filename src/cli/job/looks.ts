import type { SharedChild } from "../../child/shared_child.ts";
import type { Words } from "./job.ts";

/** What a keeper asks of processes, as functions of sh(1), and what its command does to be found. */
export interface Looks {
  /** Redirects standard input to the pipe $1. */
  readonly listen: string;
  /** Sets `state`, `group` and `since` of process $1; fails where there is none. */
  readonly look: string;
  /** Prints the pids of those that carry `$mark`, of process group `$own` at least. */
  readonly marked: string;
  /** A start time as `since` has it. */
  written(startTime: string): string;
  /** Makes the pipe, whose read end another process can open by its path. @throws {SystemError} */
  pipe(): { readonly readEnd: number; readonly writeEnd: number; readonly path: string };
  /** Takes back a path that nobody is going to open. */
  discard(path: string): void;
  /** The command as it carries the mark; a variable of that form is in its environment anyway. */
  wrap(words: Words, mark: string): Words;
  /** Lets the program run, of which the keeper knows now. */
  admit(child: SharedChild): void;
}
