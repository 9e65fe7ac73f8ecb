import { checkTarget, type ProcessIdentity, type ProcessTarget } from "./identity.ts";
import { processSystem } from "./system.ts";

/**
 * Names a process by pid and start time, so that a later process with the same pid is never taken for it.
 *
 * @param pid The process id.
 * @returns The identity; undefined where there is no such process, or only a zombie.
 * @throws {RangeError} The pid is not a positive integer.
 *
 * @example
 * ```ts
 * import { identify, isAlive } from "@procref/procref/process";
 *
 * const me = identify(Deno.pid);
 * console.log(me && isAlive(me)); // true
 * ```
 */
export function identify(pid: number): ProcessIdentity | undefined {
  const startTime = processSystem.startTime(checkTarget(pid));
  return startTime === undefined ? undefined : { pid, startTime };
}

/**
 * Tells whether a process is there. One of another user is, a zombie is not; an identity whose pid now belongs
 * to another process is not.
 *
 * @param target A pid, or an identity.
 * @throws {RangeError} The pid is not a positive integer.
 *
 * @example
 * ```ts
 * import { isAlive } from "@procref/procref/process";
 *
 * const child = new Deno.Command("true").spawn();
 * await child.status;
 * console.log(isAlive(Deno.pid), isAlive(child.pid)); // true false
 * ```
 */
export function isAlive(target: ProcessTarget): boolean {
  const pid = checkTarget(target);
  if (typeof target === "number") return processSystem.isAlive(pid);
  return processSystem.startTime(pid) === target.startTime;
}
