// S1 to S6, as checks of single states.

import { lockIsFree } from "./kernel.ts";
import { At, at, type Client, Pass, Phase, Recorded, Sh, type State } from "./state.ts";

/** S1 and S3: what must hold in every state. Returns what is wrong, or null. */
export function violation(s: State): string | null {
  let live = 0;
  for (const v of s.services) if (v.phase >= Phase.alive) live++;
  if (live > 1) return "S1: two services of one name are alive";
  for (const c of s.clients) {
    if (c.pc === At.hold && c.service !== 0) {
      if (at(s.services, c.service - 1).phase === Phase.signalled) {
        return "S3: the service of a client that holds a handle is being stopped";
      }
    }
  }
  return null;
}

/** S2, S4 and S5: what must hold where nobody can take a step any more. */
export function endViolation(s: State): string | null {
  if (s.clients.some((c) => c.pc !== At.gone)) return "S5: a client waits for ever";
  const blocked = s.guardians.some((g) => g.pc !== Pass.none);
  if (blocked) return "S5: a guardian's pass waits for ever";
  if (s.services.some((v) => v.phase !== Phase.none)) return "S2: no client is left, a service is";
  if (s.set === 1) return "S4: the semaphore set is left";
  if (s.record !== Recorded.absent) return "S4: the record is left";
  if (s.temporary === 1) return "S4: the temporary file is left";
  if (s.guardians.some((g) => g.sh !== Sh.dead)) return "S4: a guardian is left";
  return null;
}

/**
 * S6: what a killed guardian left behind is repaired by the next acquire. Brings one more client,
 * who may not be killed, so that the state in which it ends must be clean. Only once, and only
 * where nobody is stuck: a wait that never ends is never excused.
 */
export function repair(s: State): string | null {
  const stuck = s.clients.some((c) => c.pc !== At.gone) || !lockIsFree(s);
  if (stuck || s.unwatched === 0 || s.repairing === 1) return null;
  const late: Client = at(s.clients, 0);
  late.pc = At.open;
  late.rounds = 1;
  s.crashes =
    s.outside =
    s.abandons =
    s.unwatched =
      0;
  s.repairing = 1;
  return "comes later (S6)";
}
