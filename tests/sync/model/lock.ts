// The steps of src/sync/lock/word.ts and acquire.ts, one atomic operation each. A thread is 1, 2, 3...; the word is
// its number plus flags. What the kernel does: a sleeper leaves its sleep when the word is woken, or when the
// thread that it watches dies. Before each step, a thread may die.

import type { Model, Move, State } from "./explore.ts";

const WAITED = 16;
const HANDED = 8;
const TAG = 7;

const Step = {
  begin: 0,
  load: 1,
  act: 2,
  ask: 3,
  sleep: 4,
  asleep: 5,
  inherit: 6,
  withdrawHeld: 7,
  inside: 8,
  free: 9,
  freeLoad: 10,
  freeNext: 11,
  hand: 12,
  wake: 13,
  withdraw: 14,
  withdrawLook: 15,
  done: 16,
  dead: 17,
} as const;

// The state: word, next, dirty (the last holder died inside), deaths left, then per thread:
// step, seen value, asked, rounds left, knows that it is abandoned, seen next, gives up after this.
const SHARED = 4;
const FIELDS = 7;

/** Rules that the protocol needs; a search without one must find what it is for. */
export interface LockRules {
  /** A waiter watches the thread that the value it sleeps on names. */
  readonly watchHolder: boolean;
  /** A release wakes all sleepers, not one. */
  readonly wakeAll: boolean;
  /** The word and the next one's request change together. */
  readonly handAtOnce: boolean;
  /** Who gives up passes on what it was handed. */
  readonly passOnWithdrawn: boolean;
  /** A dead holder's lock is taken by an exchange, not by a store. */
  readonly inheritByExchange: boolean;
}

export const everyLockRule: LockRules = {
  watchHolder: true,
  wakeAll: true,
  handAtOnce: true,
  passOnWithdrawn: true,
  inheritByExchange: true,
};

export interface LockSetup {
  readonly threads: number;
  readonly rounds: number;
  readonly deaths: number;
  /** How many of the threads may give up waiting. */
  readonly impatient: number;
  readonly rules: LockRules;
}

class Draft {
  readonly s: number[];
  constructor(state: State) {
    this.s = [...state];
  }
  get(thread: number, field: number): number {
    return this.s[SHARED + (thread - 1) * FIELDS + field] ?? 0;
  }
  set(thread: number, field: number, value: number): this {
    this.s[SHARED + (thread - 1) * FIELDS + field] = value;
    return this;
  }
  /** Forgets what the thread will not look at again, so that equal situations are equal states. */
  forget(thread: number): void {
    const step = this.get(thread, 0);
    const looks = step >= Step.act && step <= Step.inherit ||
      step >= Step.freeNext && step <= Step.hand;
    if (!looks) this.set(thread, 1, 0);
    if (step !== Step.hand) this.set(thread, 5, 0);
    if (step !== Step.inside && step !== Step.withdrawHeld) this.set(thread, 4, 0);
    if (step === Step.done || step === Step.dead) {
      this.set(thread, 2, 0).set(thread, 3, 0).set(thread, 6, 0);
    }
  }
  get word(): number {
    return this.s[0] ?? 0;
  }
  set word(value: number) {
    this.s[0] = value;
  }
  get next(): number {
    return this.s[1] ?? 0;
  }
  set next(value: number) {
    this.s[1] = value;
  }
}

/** The model of one lock. */
export function lockModel({ threads, rounds, deaths, impatient, rules }: LockSetup): Model {
  const all = Array.from({ length: threads }, (_, index) => index + 1);
  const initial = [0, 0, 0, deaths, ...all.flatMap(() => [Step.begin, 0, 0, rounds, 0, 0, 0])];

  function isDead(draft: Draft, thread: number): boolean {
    return draft.get(thread, 0) === Step.dead;
  }

  function wakeSleepers(draft: Draft): void {
    for (const thread of all) {
      if (draft.get(thread, 0) !== Step.asleep) continue;
      draft.set(thread, 0, Step.load);
      if (!rules.wakeAll) return;
    }
  }

  function stepsOf(state: State, me: number): Move[] {
    const moves: Move[] = [];
    const go = (label: string, change: (draft: Draft) => void) => {
      const draft = new Draft(state);
      change(draft);
      for (const thread of all) draft.forget(thread);
      moves.push({ label: `${me}: ${label}`, next: draft.s });
    };
    const now = new Draft(state);
    const seen = now.get(me, 1);
    const take = (draft: Draft, value: number, abandoned: boolean) => {
      draft.word = value;
      draft.set(me, 4, abandoned ? 1 : 0);
      draft.set(me, 0, draft.get(me, 2) ? Step.withdrawHeld : Step.inside);
    };
    switch (now.get(me, 0)) {
      case Step.begin:
        go("takes a free lock, or begins to wait", (d) => {
          if (d.get(me, 3) === 0) d.set(me, 0, Step.done);
          else if (d.word === 0) take(d, me, false);
          else d.set(me, 0, Step.load);
        });
        break;
      case Step.load:
        go("looks", (d) => d.set(me, 1, d.word).set(me, 0, Step.act));
        break;
      case Step.act:
        go("acts on what it saw", (d) => {
          if (d.word !== seen) d.set(me, 0, Step.load);
          else if (seen === 0) take(d, me, false);
          else if ((seen & TAG) === me && seen & HANDED) take(d, seen & ~HANDED, false);
          else if (seen & WAITED) d.set(me, 0, Step.ask);
          else {
            d.word = seen | WAITED;
            d.set(me, 0, Step.load);
          }
        });
        break;
      case Step.ask:
        go("does not ask yet", (d) => d.set(me, 0, Step.sleep));
        // Displacing another request, too: the model does not know who came earlier.
        go("asks to be next", (d) => {
          d.next = me;
          d.set(me, 2, 1).set(me, 0, Step.sleep);
        });
        break;
      case Step.sleep:
        go("goes to sleep", (d) => {
          if (d.word !== seen) d.set(me, 0, Step.load);
          else if (rules.watchHolder && isDead(d, seen & TAG)) d.set(me, 0, Step.inherit);
          else d.set(me, 0, Step.asleep);
        });
        break;
      case Step.asleep:
        if (me <= impatient) {
          go(
            "gives up",
            (d) => d.set(me, 0, d.get(me, 2) ? Step.withdraw : Step.done).set(me, 6, 1),
          );
        }
        break;
      case Step.inherit:
        go("takes over from a dead one", (d) => {
          if (rules.inheritByExchange && d.word !== seen) d.set(me, 0, Step.load);
          else take(d, me | WAITED, (seen & HANDED) === 0);
        });
        break;
      case Step.withdrawHeld:
        go("takes its request back", (d) => {
          if (d.next === me) d.next = 0;
          d.set(me, 2, 0).set(me, 0, Step.inside);
        });
        break;
      case Step.inside:
        go("leaves", (d) => {
          d.s[2] = 0; // it was told if it was dirty, and has repaired it
          d.set(me, 0, Step.free);
        });
        break;
      case Step.free:
        go("frees an uncontended lock", (d) => {
          if (d.word !== me) d.set(me, 0, Step.freeLoad);
          else {
            d.word = 0;
            ended(d);
          }
        });
        break;
      case Step.freeLoad:
        go("looks who waits", (d) => d.set(me, 1, d.word).set(me, 0, Step.freeNext));
        break;
      case Step.freeNext:
        if (now.next !== 0) {
          go("sees who is next", (d) => d.set(me, 5, d.next).set(me, 0, Step.hand));
        } else {
          go("frees and wakes", (d) => {
            d.word = 0;
            wakeSleepers(d);
            ended(d);
          });
        }
        break;
      case Step.hand:
        go("hands over", (d) => {
          const to = d.get(me, 5);
          if (d.word !== seen || (rules.handAtOnce && d.next !== to)) d.set(me, 0, Step.freeLoad);
          else {
            d.word = to | HANDED | WAITED;
            d.next = 0;
            d.set(me, 0, Step.wake);
          }
        });
        break;
      case Step.wake:
        go("wakes", (d) => {
          wakeSleepers(d);
          ended(d);
        });
        break;
      case Step.withdraw:
        go("takes its request back", (d) => {
          d.set(me, 2, 0);
          if (d.next === me) {
            d.next = 0;
            d.set(me, 0, Step.done);
          } else d.set(me, 0, rules.passOnWithdrawn ? Step.withdrawLook : Step.done);
        });
        break;
      case Step.withdrawLook:
        go("looks whether it was handed the lock", (d) => {
          if ((d.word & TAG) !== me || !(d.word & HANDED)) d.set(me, 0, Step.done);
          else {
            d.word &= ~HANDED;
            d.set(me, 0, Step.free);
          }
        });
        break;
    }
    function ended(draft: Draft): void {
      if (draft.get(me, 6)) draft.set(me, 0, Step.done);
      else draft.set(me, 3, draft.get(me, 3) - 1).set(me, 0, Step.begin);
    }
    return moves;
  }

  function death(state: State, me: number): Move[] {
    const draft = new Draft(state);
    const step = draft.get(me, 0);
    if ((draft.s[3] ?? 0) === 0 || step === Step.done || step === Step.dead) return [];
    draft.s[3] = (draft.s[3] ?? 0) - 1;
    if (step === Step.inside) draft.s[2] = 1;
    draft.set(me, 0, Step.dead).forget(me);
    for (const other of all) {
      const watches = rules.watchHolder && draft.get(other, 0) === Step.asleep &&
        (draft.get(other, 1) & TAG) === me;
      if (watches) draft.set(other, 0, Step.inherit);
    }
    return [{ label: `${me}: dies`, next: draft.s, fault: true }];
  }

  return {
    initial,
    moves: (state) => all.flatMap((me) => [...stepsOf(state, me), ...death(state, me)]),
    violation(state) {
      const draft = new Draft(state);
      const inside = all.filter((thread) => draft.get(thread, 0) === Step.inside);
      if (inside.length > 1) return `mutual exclusion: ${inside} are inside`;
      const [one] = inside;
      if (one !== undefined && draft.s[2] === 1 && draft.get(one, 4) === 0) {
        return `abandoned: ${one} is not told that the last holder died inside`;
      }
      return undefined;
    },
    endViolation(state) {
      const draft = new Draft(state);
      const waiting = all.filter((thread) => {
        const step = draft.get(thread, 0);
        return step !== Step.done && step !== Step.dead;
      });
      return waiting.length === 0 ? undefined : `lost wake-up: ${waiting} wait for ever`;
    },
  };
}
