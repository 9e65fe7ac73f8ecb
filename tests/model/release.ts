// A client's release (R1 to R4) as single steps.

import { count, lockIsFree, removeSet, unlinkOne } from "./kernel.ts";
import type { Setup } from "./scenarios.ts";
import { At, at, type Client, Known, Recorded, type State } from "./state.ts";
import { stopped, stopStep } from "./stop.ts";

/** The one step that a releasing client can take; null where it waits. */
export function releaseStep(setup: Setup, s: State, c: Client): string | null {
  switch (c.pc) {
    case At.hold:
      return giveBack(setup, s, c);
    case At.uncount:
      c.counted = c.service = 0;
      c.pc = At.leave;
      return "R1 semop {count -1}";
    case At.leave:
      // Lingering is left to the guardian: he finds the count at zero as soon as the write end closes.
      if (count(s) > 0 || setup.scenario.linger === true) return unlock(c);
      c.pc = s.record === Recorded.starting && !setup.rules.stopCarriersAtRelease
        ? At.removeRecord
        : At.stopping;
      return releaseStep(setup, s, c);
    case At.stopping: {
      const did = stopStep(setup, s, c, true);
      if (did !== stopped) return did === null ? null : `R2 ${did}`;
      c.pc = At.removeRecord;
      return releaseStep(setup, s, c);
    }
    case At.close:
      return finishRound(c, "R4 closes the write end");
    default:
      return removeAndDismiss(setup, s, c);
  }
}

/** R1. The handle is given back with the call, whatever it returns. */
function giveBack(setup: Setup, s: State, c: Client): string | null {
  if (c.set === Known.removed) {
    c.service = 0;
    c.pc = At.close;
    return "R1 semop: EINVAL, the reference is gone";
  }
  if (!lockIsFree(s)) return null;
  c.lock = 1;
  c.pc = At.uncount;
  if (setup.scenario.stepwise === true) return "R1 semop {start 0} {start +1}";
  c.counted = c.service = 0;
  c.pc = At.leave;
  return "R1 semop {start 0} {start +1} {count -1}";
}

function unlock(c: Client): string {
  c.lock = 0;
  c.pc = At.close;
  return "R4 unlocks";
}

/** R3 and R4, in the order that the rules give. */
function removeAndDismiss(setup: Setup, s: State, c: Client): string {
  const { removeRecordFirst, dismissAfterRemoval } = setup.rules;
  if (!dismissAfterRemoval && c.attached !== 0) return dismiss(s, c);
  if (c.pc === At.removeSet || (!removeRecordFirst && c.set === Known.current)) {
    removeSet(s);
    c.pc = removeRecordFirst ? At.dismiss : At.removeRecord;
    return "R3 IPC_RMID";
  }
  if (c.pc === At.removeRecord) {
    const did = unlinkOne(s);
    if (did !== null) return `R3 ${did}`;
    c.pc = removeRecordFirst ? At.removeSet : At.dismiss;
    return removeAndDismiss(setup, s, c);
  }
  return finishRound(c, dismiss(s, c));
}

function dismiss(s: State, c: Client): string {
  if (c.attached !== 0) at(s.guardians, c.attached - 1).dismissed = 1;
  c.attached = 0;
  return "R4 dismisses the guardian: writes q, closes";
}

function finishRound(c: Client, did: string): string {
  c.attached =
    c.own =
    c.set =
    c.stop =
      0;
  c.rounds--;
  c.pc = c.rounds > 0 ? At.open : At.gone;
  return did;
}
