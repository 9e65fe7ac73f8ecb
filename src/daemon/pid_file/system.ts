import { platform } from "../../../ffi/platform.ts";
import type { Recorded } from "./content.ts";
import { posix } from "./posix.ts";

// Another system's way is loaded only there.
const windows = platform === "windows" ? (await import("./windows.ts")).windows : undefined;

/** A pid file that is ours: until we let go of it, or end in whichever way, nobody else gets it. */
export interface Claim {
  readonly path: string;
  /** The open file: a descriptor, on Windows a handle. */
  readonly file: number;
  /** Puts a text in place of what the file holds. @throws {SystemError} */
  write(text: string): void;
  /** Writes who holds it from now on. @throws {LockedError} Windows: somebody was quicker, and holds it now. */
  name(holder: Recorded): void;
  /** Removes the file, if it is still the one at its path, and lets go. */
  discard(): void;
  /** Lets go; the file stays. */
  close(): void;
}

/** What came of one try: the file, or the pid of who is in the way, as far as that can be told. */
export type Attempt = { readonly claim: Claim } | { readonly holder: number | undefined };

/** What a look at a pid file shows. */
export interface Sight {
  readonly text: string;
  readonly locked: boolean;
  /** Who has the lock, if the file names it. Undefined while it is just being started. */
  readonly holder: number | undefined;
}

/** What a system must offer for pid files. */
export interface PidFileSystem {
  /**
   * Tries once to get a pid file, which is made if it is missing.
   *
   * @throws {ProcrefError} `"not_found"`: its directory is missing; `"not_a_file"`, `"permission_denied"`.
   */
  attempt(path: string): Attempt;
  /** The same for one that must be there already; undefined: somebody has it. @throws {ProcrefError} As `read`. */
  attemptExisting(path: string): { readonly claim: Claim; readonly text: string } | undefined;
  /** What another process has got for this one. */
  inherited(path: string, file: number): Claim;
  /** The text. @throws {ProcrefError} `"not_found"`, `"not_a_file"`, `"permission_denied"`. */
  read(path: string): string;
  /** Looks, and changes nothing. @throws {ProcrefError} As `read`. */
  look(path: string): Sight;
  /** Removes the file. @throws {ProcrefError} As `read`. */
  remove(path: string): void;
  /** Blocks this thread. */
  block(milliseconds: number): void;
}

/** This system's pid files. */
export const pidFiles: PidFileSystem = windows ?? posix;
