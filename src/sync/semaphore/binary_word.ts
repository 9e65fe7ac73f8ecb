// The word is 0, 1, WAITED (0, and somebody sleeps on this value or is about to), or names the thread that is
// posting. A post to WAITED takes two steps, so that of two that race one fails: it writes its name first, and
// then 1 with a FUTEX_WAKE_OP. If its thread dies in between, it has not posted: the next one undoes its step.

import { hasEnded } from "../lock/watch.ts";
import { pause } from "../pause.ts";
import type { ThreadTag } from "../system.ts";
import { SemaphoreWord, WAITED } from "./word.ts";

const POSTING = 1 << 30;
const TAG = POSTING - 1;

export class BinaryWord extends SemaphoreWord {
  override get value(): number {
    return this.#state() === 1 ? 1 : 0;
  }

  #state(): number {
    const value = this.load();
    if (value === 0 || value === 1 || value === WAITED) return value;
    if ((value & WAITED) === 0 && (value & POSTING) !== 0 && (value & TAG) !== 0) return value;
    throw this.corrupt("is neither 0 nor 1", value);
  }

  /** False: it was 1 already, or somebody else was just making it so. */
  post(): boolean {
    const { system } = this.object;
    const name = POSTING | system.self().tag;
    for (;;) {
      const value = this.#state();
      if (value === 1) return false;
      if (value === 0) {
        if (this.exchange(0, 1)) return true;
        continue;
      }
      if (value !== WAITED) {
        if (!hasEnded(system, { tag: value & TAG })) return false;
        this.recover(value);
        continue;
      }
      if (!this.exchange(WAITED, name)) continue;
      pause("post:claimed");
      system.setAndWake(this.word, 1);
      pause("post:added");
      return true;
    }
  }

  override take(): boolean {
    return this.exchange(1, 0);
  }

  override takeOrAnnounce(): "taken" | number {
    for (;;) {
      if (this.take()) return "taken";
      const value = this.#state();
      if (value === WAITED || (value & POSTING) !== 0) return value;
      if (value === 0 && this.exchange(0, WAITED)) return WAITED;
    }
  }

  override threads(value: number): ThreadTag[] {
    return (value & POSTING) === 0 ? [] : [{ tag: value & TAG }];
  }

  /** Undoes the first step of a post whose thread has ended. */
  override recover(value: number): void {
    this.exchange(value, WAITED);
  }
}
