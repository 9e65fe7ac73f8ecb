import type { Gate } from "../../object/gate.ts";
import { whenAny } from "../../object/wait.ts";
import { sleep } from "../../wait.ts";
import type { Place } from "./place.ts";
import { anyPresence, referencesOf } from "./references.ts";

const RETRY = 1; // ms; a dying process closes its handles one after the other

/** Waits until the last reference is gone; those that were taken after that do not matter. @throws The signal's reason. */
export async function whenNone(place: Place, gate: Gate, signal: AbortSignal): Promise<void> {
  for (let first: number | undefined;;) {
    signal.throwIfAborted();
    const { count, generation, presence } = gate.inside(() => {
      const found = referencesOf(place);
      return { ...found, presence: found.count === 0 ? undefined : anyPresence(place) };
    });
    // Another generation: the count was zero in between.
    if (count === 0 || generation !== (first ??= generation)) return;
    if (presence === undefined) await sleep(RETRY, signal);
    else await whenAny(presence, signal);
  }
}
