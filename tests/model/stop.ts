// Stopping what the record names, under the lock: shared by a recovering acquire, the last release
// and the guardian's pass.

import { forgetToken, staged, writesTemporary } from "./kernel.ts";
import type { Setup } from "./scenarios.ts";
import { at, Phase, type Process, Recorded, type State, Stop } from "./state.ts";

/** What `stopStep` returns when nothing is left to stop. */
export const stopped = "";

/** One step of the stop; null where it has to wait. */
export function stopStep(setup: Setup, s: State, p: Process, waits: boolean): string | null {
  switch (p.stop) {
    case Stop.look:
      if (s.record === Recorded.starting) return stopCarriers(setup, s, p);
      if (s.record === Recorded.running && setup.rules.writeStoppingFirst) {
        return markStopping(setup, s, p, Stop.signal);
      }
      if (s.record < Recorded.running) return stopped;
      p.stop = Stop.signal;
      return stopStep(setup, s, p, waits);
    case Stop.signal: {
      p.stop = s.record === Recorded.running ? Stop.mark : Stop.exit;
      if (s.recordService === 0) return stopStep(setup, s, p, waits);
      at(s.services, s.recordService - 1).phase = Phase.signalled;
      return "signals the service of the record";
    }
    case Stop.mark:
      return markStopping(setup, s, p, Stop.exit);
    default:
      if (waits && s.services.some((v) => v.phase === Phase.signalled)) return null;
      p.stop = Stop.look;
      return stopped;
  }
}

function markStopping(setup: Setup, s: State, p: Process, next: number): string {
  if (!staged(setup, s, p)) return writesTemporary;
  s.record = Recorded.stopping;
  s.idle = 0;
  forgetToken(s);
  p.stop = next;
  return "writes the record: stopping";
}

function stopCarriers(setup: Setup, s: State, p: Process): string | null {
  // Before exec a child does not carry the token yet: only its share of the starter's flock shows it.
  const halfBorn = s.services.some((v) => v.token === 1 && v.phase === Phase.halfBorn);
  if (halfBorn && setup.rules.waitForHalfBorn) return null;
  const carriers = s.services.filter((v) => v.token === 1 && v.phase === Phase.alive);
  for (const v of carriers) v.phase = Phase.signalled;
  p.stop = Stop.exit;
  return carriers.length > 0 ? "signals the carriers of the token" : stopStep(setup, s, p, true);
}
