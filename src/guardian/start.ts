import { SystemError } from "../../ffi/errors.ts";
import { errno } from "../../ffi/libc.ts";
import { openFifo, pipe } from "../file/descriptors.ts";
import { close, remove, statusOf } from "../file/posix.ts";
import { launch } from "../process/launch.ts";
import { identify } from "../process/alive.ts";
import type { GuardianHold } from "./pipe.ts";
import { SCRIPT } from "./script.ts";

/** What a guardian does when nobody holds its pipe any more. */
export interface GuardianPlan {
  /** What a list of processes shows. */
  readonly title: string;
  /** The interpreter of the pass, which reads the code from its standard input; empty: the guardian's own shell. */
  readonly command: readonly string[];
  /** The code of the pass. */
  readonly pass: string;
  /** Where the pass runs. */
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Makes its pipe a FIFO of this path, which others can open. */
  readonly fifo?: string | undefined;
}

/**
 * Starts a guardian and takes hold of it.
 *
 * @throws {SystemError} The system has no pipe or no process left, or no `sh`.
 */
export function startGuardian(plan: GuardianPlan): GuardianHold {
  const { fifo } = plan;
  const named = fifo === undefined ? undefined : { fifo };
  const { readEnd, writeEnd } = fifo === undefined ? pipe() : openFifo(fifo);
  try {
    const inode = String(statusOf(readEnd).inode);
    const pid = launch({
      command: ["/bin/sh", "-c", SCRIPT, plan.title, ...plan.command],
      environment: {
        ...plan.environment,
        PROCREF_PASS: plan.pass,
        PROCREF_CWD: plan.directory,
        ...(fifo === undefined ? {} : { PROCREF_FIFO: fifo }),
      },
      directory: "/",
      stdin: readEnd,
    });
    const identity = identify(pid);
    if (identity === undefined) throw new SystemError("posix_spawn", errno(), "for a guardian");
    return { address: { ...identity, inode, ...named }, descriptor: writeEnd };
  } catch (error) {
    close(writeEnd);
    if (fifo !== undefined) remove(fifo);
    throw error;
  } finally {
    close(readEnd);
  }
}
