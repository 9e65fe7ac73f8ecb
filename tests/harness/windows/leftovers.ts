import { assertEquals } from "@std/assert";
import { pid } from "node:process";
import { Job } from "../../../src/object/job.ts";
import { handleCount, namesWith, ownPrefix } from "../../../src/object/named.ts";
import { allProcesses } from "../../../src/process/windows.ts";
import { isUnlinked } from "../../../src/sync/windows/store.ts";
import { eventually } from "../resources.ts";

/** Looks at the kernel; what it returns looks again, and fails if a named object or a child of ours is new. */
export function watch(): () => Promise<void> {
  const before = new Set(present());
  return async () => {
    const rest = () => present().filter((one) => !before.has(one));
    await eventually(() => rest().length === 0).catch(() => {});
    assertEquals(rest(), [], "something is left behind");
  };
}

/** Under Wine a job that nobody holds keeps its name while a runtime has the handle of a member that has ended. */
function isFallen(name: string): boolean {
  if (!/-job-[0-9a-f-]{36}$/.test(name)) return false;
  const job = Job.open({ name, subject: name });
  // Gone since its name was listed.
  if (job === undefined) return true;
  const fallen = handleCount(job.handle) === 1;
  job.close();
  return fallen;
}

function present(): string[] {
  const children = allProcesses().filter(({ parent }) => parent === pid);
  return [
    // An object that was unlinked stays until it is closed, as on Linux; it only still shows.
    ...namesWith(ownPrefix()).filter((name) =>
      !(/-sync-.*-at-[0-9a-f-]{36}$/.test(name) && isUnlinked(name)) && !isFallen(name)
    ),
    ...children.map((child) => `process ${child.pid} started ${child.startTime}`),
  ];
}
