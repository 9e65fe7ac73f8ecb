// What the guardian of a group does when its owner is gone, whichever way: a few lines for its own shell, which is
// awake already, so that the tree dies within milliseconds.

import { ERRNO } from "../../ffi/errno.ts";
import { SystemError } from "../../ffi/errors.ts";
import { detach, type GuardianHold } from "../guardian/pipe.ts";
import { isWatched } from "../guardian/ends.ts";
import { dismiss, removeFifo } from "../guardian/dismiss.ts";
import { startGuardian } from "../guardian/start.ts";
import { writeAll } from "../file/posix.ts";
import { initialEnvironment } from "../runtime/process_files.ts";

/** The guardian of one group. */
export class GroupGuardian {
  readonly #plan: { readonly pass: string; readonly subject: string };
  #hold: GuardianHold;
  #note = "";

  /**
   * Starts it.
   *
   * @param pass What it does in the end, for a shell; the subject is in PROCREF_SUBJECT, its note in PROCREF_NOTE.
   * @param subject What it watches over.
   * @throws {SystemError}
   */
  constructor(pass: string, subject: string) {
    this.#plan = { pass, subject };
    this.#hold = begin(pass, subject);
  }

  /** Tells it what to kill, besides what it finds by itself. */
  note(note: string): void {
    this.#note = note;
    this.#write(note);
  }

  /** Tells it of one more. */
  add(entry: string): void {
    this.#note += ` ${entry}`;
    this.#write(`+${entry}`);
  }

  #write(line: string): void {
    try {
      writeAll(this.#hold.descriptor, new TextEncoder().encode(`${line}\n`));
    } catch (error) {
      if (!(error instanceof SystemError) || error.errno !== ERRNO.EPIPE) throw error;
      // It was killed since it was looked at. Whoever tells it of a child has no time to wait for its end.
      const dead = this.#replace();
      detach(dead);
      removeFifo(dead.address);
    }
  }

  /** Replaces it if somebody has killed it. @throws {SystemError} */
  async ensure(): Promise<void> {
    if (!isWatched(this.#hold)) await dismiss(this.#replace());
  }

  /** Starts another one, which knows what this one knew. @returns The one before. */
  #replace(): GuardianHold {
    const before = this.#hold;
    this.#hold = begin(this.#plan.pass, this.#plan.subject);
    if (this.#note !== "") this.#write(this.#note);
    return before;
  }

  /** Sends it away: nothing is left to guard. */
  async dismiss(): Promise<void> {
    await dismiss(this.#hold);
  }
}

function begin(pass: string, subject: string): GuardianHold {
  return startGuardian({
    title: `procref-guardian of group ${subject}`,
    command: [],
    pass,
    directory: "/",
    environment: {
      PROCREF_SUBJECT: subject,
      PATH: `${initialEnvironment()["PATH"] ?? ""}:/bin:/usr/bin`,
    },
  });
}
