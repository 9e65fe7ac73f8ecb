// Trees that live for one run. They share a cgroup and its guardian, which are made at the first run and stay until
// this process ends: a guardian for each would cost more than most runs. Each run has a cgroup below; one that is
// found empty at the end is removed by a single rmdir(2).

import { ERRNO } from "../../../ffi/errno.ts";
import { SystemError } from "../../../ffi/errors.ts";
import { CgroupContainment, newName, type Watchers } from "./cgroup.ts";
import { kernelFiles } from "./files.ts";
import { GroupGuardian } from "./guardian.ts";

/** The runs of one thread. */
export class CgroupRuns {
  readonly #directory: string;
  #guardian: GroupGuardian | undefined;
  #count = 0;

  /** @param parent A cgroup that may have children; see delegation.ts. */
  constructor(parent: string) {
    this.#directory = `${parent}/${newName()}`;
  }

  /** A tree for one run. @throws {SystemError} */
  open(): CgroupContainment {
    // The guardian first: whatever happens from here on, the directory goes with us.
    const guardian = this.#guardian ??= GroupGuardian.ofCgroup(this.#directory);
    const directory = `${this.#directory}/${this.#count++}`;
    if (kernelFiles.make(directory) === ERRNO.ENOENT) kernelFiles.make(this.#directory);
    else return new CgroupContainment(directory, shared(guardian), {});
    const failure = kernelFiles.make(directory);
    if (failure !== 0) throw new SystemError("mkdir", failure, `for ${directory}`);
    return new CgroupContainment(directory, shared(guardian), {});
  }
}

function shared(guardian: GroupGuardian): Watchers {
  return { ensure: () => guardian.ensure(), dismiss: () => Promise.resolve() };
}
