// Trees that live for one run. They share a cgroup and its guardian, which are made at the first run and stay until
// this process ends: a guardian for each would cost more than most runs. Each run has a cgroup below. One that is
// found empty at the end is kept for the next run, or removed by a single rmdir(2); mkdir and rmdir are 6 % of a run.

import { ERRNO } from "../../../ffi/errno.ts";
import { SystemError } from "../../../ffi/errors.ts";
import { files } from "../../../ffi/libc.ts";
import { close, OPEN, tryOpen } from "../../file/posix.ts";
import { CgroupContainment, guardianOf, newName, type Surroundings } from "./cgroup.ts";
import type { GroupGuardian } from "../guardian.ts";
import { kernelFiles } from "./files.ts";

const MOST_KEPT = 16; // each holds a descriptor
const POPULATED_AT = "populated ".length; // cgroup.events begins with it
const ZERO = 0x30;

/** An empty cgroup, and its cgroup.events. */
interface Empty {
  readonly directory: string;
  readonly events: number;
}

/** The runs of one thread. */
export class CgroupRuns {
  readonly #directory: string;
  readonly #kept: Empty[] = [];
  readonly #text = new Uint8Array(64);
  #guardian: GroupGuardian | undefined;
  #count = 0;

  /** @param parent A cgroup that may have children; see delegation.ts. */
  constructor(parent: string) {
    this.#directory = `${parent}/${newName()}`;
  }

  /** A tree for one run. @param used It may be one that was used before. @throws {SystemError} */
  open(used: boolean): CgroupContainment {
    // The guardian first: whatever happens from here on, the directory goes with us.
    const guardian = this.#guardian ??= guardianOf(this.#directory);
    const ensure = () => guardian.ensure();
    const kept = used ? this.#takeKept() : undefined;
    const directory = kept?.directory ?? this.#make();
    let events = kept?.events;
    const recycle = () => {
      const own = events ?? tryOpen(`${directory}/cgroup.events`, OPEN.readOnly);
      events = undefined;
      return own !== -1 && this.#keep({ directory, events: own });
    };
    // deno-lint-ignore require-await
    const dismiss = async () => {
      if (events !== undefined) close(events);
      events = undefined;
    };
    const around: Surroundings = used ? { ensure, dismiss, recycle } : { ensure, dismiss };
    return new CgroupContainment(directory, around, {});
  }

  #make(): string {
    const directory = `${this.#directory}/${this.#count++}`;
    let failure = kernelFiles.make(directory);
    if (failure === ERRNO.ENOENT) {
      kernelFiles.make(this.#directory);
      failure = kernelFiles.make(directory);
    }
    if (failure !== 0) throw new SystemError("mkdir", failure, `for ${directory}`);
    return directory;
  }

  #takeKept(): Empty | undefined {
    for (let kept = this.#kept.pop(); kept !== undefined; kept = this.#kept.pop()) {
      if (this.#isEmpty(kept)) return kept;
      // Somebody has removed it, or moved into it: then it is not for us.
      close(kept.events);
    }
    return undefined;
  }

  /** Keeps a cgroup for the next run. @returns False if it is not empty, or there are enough of them. */
  #keep(kept: Empty): boolean {
    if (this.#kept.length < MOST_KEPT && this.#isEmpty(kept)) return this.#kept.push(kept) > 0;
    close(kept.events);
    return false;
  }

  #isEmpty({ events }: Empty): boolean {
    const length = files().pread(events, this.#text, this.#text.length, 0);
    return length > POPULATED_AT && this.#text[POPULATED_AT] === ZERO;
  }
}
