// The steps of src/sync/condition/, one atomic operation each, over a mutex that is taken for granted here (the
// model of the lock is lock.ts). Threads are 1, 2, 3...: first the waiters, each of which waits once, the last of
// them perhaps only when all signals are over; then the signallers, one signal each, which begin when every other
// waiter has registered or died.

import type { Model, Move, State } from "./explore.ts";

const GRANTED = 8;
const ARRIVING = 16;
const TAG = 7;

const Step = {
  begin: 0,
  scan: 1,
  claim: 2,
  ticket: 3,
  unlock: 4,
  look: 5,
  check: 6,
  sleep: 7,
  asleep: 8,
  watching: 9,
  takeOver: 10,
  leaveOld: 11,
  grantSelf: 12,
  relock: 13,
  consume: 14,
  relockUnsignalled: 15,
  early: 16,
  done: 17,
  dead: 18,
  choose: 19,
  grant: 20,
  wake: 21,
  passedOn: 22,
  register: 23,
} as const;

// The state: sequence, mutex, tickets, deaths left, consumed, signals begun, signals completed, one too many;
// then per slot: value, ticket; then per thread: step, slot, seen sequence, earlier grants, watched slot mask,
// chosen slot, old slot, chosen value.
const SHARED = 8;
const FIELDS = 8;
const Field = { step: 0, slot: 1, seen: 2, earlier: 3, watched: 4, chosen: 5, old: 6, value: 7 };

/** Rules that the protocol needs; a search without one must find what it is for. */
export interface ConditionRules {
  /** Waiters watch the threads that were granted a signal. */
  readonly watchGranted: boolean;
  /** Who is signalled empties its slot only when it holds the mutex again. */
  readonly consumeLast: boolean;
  /** Grants from before a waiter came are none of its business. */
  readonly leaveEarlier: boolean;
  /** A grant first, the wake-up then. */
  readonly grantFirst: boolean;
  /** A grant is taken over by one exchange in its place. */
  readonly takeOverInPlace: boolean;
  /** No signal sees a slot before its ticket is written. */
  readonly arriveFirst: boolean;
  /** A grant too many goes to a waiter that came before it, or to nobody. */
  readonly passOnToEarlier: boolean;
}

export const everyConditionRule: ConditionRules = {
  watchGranted: true,
  consumeLast: true,
  leaveEarlier: true,
  grantFirst: true,
  takeOverInPlace: true,
  arriveFirst: true,
  passOnToEarlier: true,
};

export interface ConditionSetup {
  readonly waiters: number;
  readonly signallers: number;
  readonly deaths: number;
  /** The last waiter begins when all signals are over. */
  readonly latecomer: boolean;
  /** Waiters may time out. */
  readonly impatient: boolean;
  readonly rules: ConditionRules;
}

/** The model of one condition variable. */
export function conditionModel(setup: ConditionSetup): Model {
  const { waiters, signallers, deaths, latecomer, impatient, rules } = setup;
  const slots = waiters;
  const threads = Array.from({ length: waiters + signallers }, (_, index) => index + 1);
  const isWaiter = (thread: number) => thread <= waiters;
  const initial = [0, 0, 0, deaths, 0, 0, 0, 0];
  for (let slot = 0; slot < slots; slot++) initial.push(0, 0);
  for (const thread of threads) {
    initial.push(isWaiter(thread) ? Step.begin : Step.early, 0, 0, 0, 0, 0, 0, 0);
  }

  class Draft {
    readonly s: number[];
    constructor(state: State) {
      this.s = [...state];
    }
    shared(index: number): number {
      return this.s[index] ?? 0;
    }
    add(index: number, by: number): void {
      this.s[index] = this.shared(index) + by;
    }
    value(slot: number): number {
      return this.s[SHARED + slot * 2] ?? 0;
    }
    setValue(slot: number, value: number): void {
      this.s[SHARED + slot * 2] = value;
    }
    ticket(slot: number): number {
      return this.s[SHARED + slot * 2 + 1] ?? 0;
    }
    get(thread: number, field: number): number {
      return this.s[SHARED + slots * 2 + (thread - 1) * FIELDS + field] ?? 0;
    }
    set(thread: number, field: number, value: number): this {
      this.s[SHARED + slots * 2 + (thread - 1) * FIELDS + field] = value;
      return this;
    }
    go(thread: number, step: number): this {
      return this.set(thread, Field.step, step);
    }
    ended(thread: number): boolean {
      const step = this.get(thread, Field.step);
      return step === Step.done || step === Step.dead;
    }
    /** Slots granted to others, as a mask, which a waiter has to look after. */
    grants(me: number): number {
      let mask = 0;
      for (let slot = 0; slot < slots; slot++) {
        const value = this.value(slot);
        if (!(value & GRANTED) || (value & TAG) === me) continue;
        if (rules.leaveEarlier && this.get(me, Field.earlier) & 1 << slot) continue;
        mask |= 1 << slot;
      }
      return mask;
    }
    wakeAll(): void {
      this.s[0] = (this.shared(0) + 1) % 16;
      for (const thread of threads) {
        const step = this.get(thread, Field.step);
        if (step === Step.asleep || step === Step.watching) this.go(thread, Step.look);
      }
    }
    /** A watched slot of a dead thread. */
    deadGrant(mask: number): number | undefined {
      for (let slot = 0; slot < slots; slot++) {
        const owner = this.value(slot) & TAG;
        if (mask & 1 << slot && this.get(owner, Field.step) === Step.dead) return slot;
      }
      return undefined;
    }
  }

  function registered(draft: Draft, thread: number): boolean {
    const step = draft.get(thread, Field.step);
    return draft.ended(thread) || (step >= Step.look && step !== Step.register);
  }

  function stepsOf(state: State, me: number): Move[] {
    const moves: Move[] = [];
    const now = new Draft(state);
    const step = now.get(me, Field.step);
    const slot = now.get(me, Field.slot);
    const add = (label: string, change: (draft: Draft) => void) => {
      const draft = new Draft(state);
      change(draft);
      tidy(draft, me);
      moves.push({ label: `${me}: ${label}`, next: draft.s });
    };
    const finish = (d: Draft) => {
      d.s[1] = 0;
      d.go(me, Step.done);
    };
    switch (step) {
      case Step.begin: {
        const late = latecomer && me === waiters;
        const over = threads.filter((thread) => !isWaiter(thread)).every((one) => now.ended(one));
        if (now.shared(1) === 0 && (!late || over)) {
          add("locks", (d) => {
            d.s[1] = me;
            d.go(me, Step.scan);
          });
        }
        break;
      }
      case Step.scan:
        add(
          "notes earlier grants",
          (d) => d.set(me, Field.earlier, d.grants(me)).go(me, Step.claim),
        );
        break;
      case Step.claim:
        add("claims a slot", (d) => {
          for (let free = 0; free < slots; free++) {
            if (d.value(free) !== 0) continue;
            d.setValue(free, me | (rules.arriveFirst ? ARRIVING : 0));
            d.set(me, Field.slot, free).go(me, Step.ticket);
            return;
          }
          d.go(me, Step.done); // full of the dead: the model has no more room
          d.s[1] = 0;
        });
        break;
      case Step.ticket:
        add("takes a ticket", (d) => {
          d.s[SHARED + slot * 2 + 1] = d.shared(2);
          d.add(2, 1);
          d.go(me, Step.register);
        });
        break;
      case Step.register:
        add("registers", (d) => {
          if (rules.arriveFirst) d.setValue(slot, me);
          d.go(me, Step.unlock);
        });
        break;
      case Step.unlock:
        add("unlocks", (d) => {
          d.s[1] = 0;
          d.go(me, Step.look);
        });
        break;
      case Step.look:
        add("reads the sequence", (d) => d.set(me, Field.seen, d.shared(0)).go(me, Step.check));
        break;
      case Step.check:
        add("looks whether it is signalled", (d) => {
          if (d.value(slot) !== (me | GRANTED)) d.go(me, Step.sleep);
          else d.go(me, Step.relock);
        });
        break;
      case Step.sleep:
        add("goes to sleep", (d) => {
          d.go(me, d.shared(0) === d.get(me, Field.seen) ? Step.asleep : Step.look);
        });
        break;
      case Step.asleep:
      case Step.watching:
        if (step === Step.asleep && rules.watchGranted) {
          add("begins to watch", (d) => {
            const mask = d.grants(me);
            const dead = d.deadGrant(mask);
            // From here on, what it has seen is the next ticket.
            d.set(me, Field.seen, d.shared(2));
            if (dead === undefined) d.set(me, Field.watched, mask).go(me, Step.watching);
            else {d.set(me, Field.chosen, dead).set(me, Field.value, d.value(dead)).go(
                me,
                Step.takeOver,
              );}
          });
        }
        if (impatient) {
          add("times out", (d) => {
            if (d.value(slot) !== me) d.go(me, Step.relock);
            else {
              d.setValue(slot, 0);
              d.go(me, Step.relockUnsignalled);
            }
          });
        }
        break;
      case Step.takeOver:
        add("takes over a grant", (d) => {
          const from = d.get(me, Field.chosen);
          if (d.value(from) !== d.get(me, Field.value)) d.go(me, Step.look);
          else if (rules.takeOverInPlace) {
            d.setValue(from, me | GRANTED);
            d.set(me, Field.old, slot).set(me, Field.slot, from).go(me, Step.leaveOld);
          } else {
            d.setValue(from, 0);
            d.go(me, Step.grantSelf);
          }
        });
        break;
      case Step.grantSelf:
        add("grants itself", (d) => {
          d.setValue(slot, me | GRANTED);
          d.go(me, Step.look);
        });
        break;
      case Step.leaveOld:
        add("leaves its old slot", (d) => {
          const old = d.get(me, Field.old);
          if (d.value(old) === me) {
            d.setValue(old, 0);
            d.go(me, Step.look);
          } else d.go(me, Step.choose);
        });
        break;
      case Step.passedOn:
        add("empties its old slot", (d) => {
          d.setValue(d.get(me, Field.old), 0);
          d.go(me, Step.look);
        });
        break;
      case Step.relock:
        if (!rules.consumeLast && now.value(slot) !== 0) {
          add("empties its slot", (d) => d.setValue(slot, 0));
        } else if (now.shared(1) === 0) {
          add("locks again", (d) => {
            d.s[1] = me;
            d.go(me, Step.consume);
          });
        }
        break;
      case Step.consume:
        add("empties its slot and returns", (d) => {
          d.setValue(slot, 0);
          d.add(4, 1);
          finish(d);
        });
        break;
      case Step.relockUnsignalled:
        if (now.shared(1) === 0) add("returns without a signal", finish);
        break;
      case Step.early: {
        const others = threads.filter((one) => isWaiter(one) && !(latecomer && one === waiters));
        if (others.every((one) => registered(now, one))) {
          add("begins to signal", (d) => {
            d.add(5, 1);
            if (!rules.grantFirst) d.wakeAll();
            d.go(me, Step.choose);
          });
        }
        break;
      }
      case Step.choose:
        add("chooses the earliest", (d) => {
          let earliest: number | undefined;
          for (let candidate = 0; candidate < slots; candidate++) {
            const value = d.value(candidate);
            if (value === 0 || value & (GRANTED | ARRIVING)) continue;
            const bound = isWaiter(me) && rules.passOnToEarlier;
            if (bound && d.ticket(candidate) >= d.get(me, Field.seen)) continue;
            if (earliest === undefined || d.ticket(candidate) < d.ticket(earliest)) {
              earliest = candidate;
            }
          }
          if (earliest === undefined) d.go(me, Step.wake);
          else {d.set(me, Field.chosen, earliest).set(me, Field.value, d.value(earliest)).go(
              me,
              Step.grant,
            );}
        });
        break;
      case Step.grant:
        add("grants", (d) => {
          const chosen = d.get(me, Field.chosen);
          if (d.value(chosen) !== d.get(me, Field.value)) d.go(me, Step.choose);
          else {
            d.setValue(chosen, d.get(me, Field.value) | GRANTED);
            if (isWaiter(me)) d.s[7] = 1; // until its old slot is empty there is one grant too many
            d.go(me, Step.wake);
          }
        });
        break;
      case Step.wake:
        add("wakes", (d) => {
          if (rules.grantFirst || isWaiter(me)) d.wakeAll();
          if (isWaiter(me)) d.go(me, Step.passedOn);
          else {
            d.add(6, 1);
            d.go(me, Step.done);
          }
        });
        break;
    }
    return moves;
  }

  /** Forgets what a thread will not look at again. */
  function tidy(draft: Draft, thread: number): void {
    const step = draft.get(thread, Field.step);
    const takesOver = step === Step.takeOver || step === Step.leaveOld || step === Step.choose ||
      step === Step.grant;
    const sleeps = step === Step.check || step === Step.sleep || step === Step.watching;
    if (!sleeps && !takesOver) draft.set(thread, Field.seen, 0);
    if (step !== Step.watching) draft.set(thread, Field.watched, 0);
    if (step !== Step.takeOver && step !== Step.grant) {
      draft.set(thread, Field.chosen, 0).set(thread, Field.value, 0);
    }
    if (draft.ended(thread)) {
      for (let field = 1; field < FIELDS; field++) draft.set(thread, field, 0);
    }
  }

  function death(state: State, me: number): Move[] {
    const draft = new Draft(state);
    if (draft.shared(3) === 0 || draft.ended(me)) return [];
    draft.add(3, -1);
    draft.go(me, Step.dead);
    tidy(draft, me);
    if (draft.shared(1) === me) draft.s[1] = 0;
    for (const other of threads) {
      if (draft.get(other, Field.step) !== Step.watching) continue;
      const dead = draft.deadGrant(draft.get(other, Field.watched));
      if (dead === undefined) continue;
      draft.set(other, Field.chosen, dead).set(other, Field.value, draft.value(dead));
      draft.set(other, Field.watched, 0).go(other, Step.takeOver);
    }
    return [{ label: `${me}: dies`, next: draft.s, fault: true }];
  }

  return {
    initial,
    moves: (state) => threads.flatMap((me) => [...stepsOf(state, me), ...death(state, me)]),
    violation(state) {
      const draft = new Draft(state);
      if (draft.shared(4) > draft.shared(5) + draft.shared(7)) {
        return `drift: ${draft.shared(4)} waits ended by ${draft.shared(5)} signals`;
      }
      if (latecomer && draft.get(waiters, Field.step) === Step.consume) {
        return "drift: a waiter that came after the last signal was woken by it";
      }
      return undefined;
    },
    endViolation(state) {
      const draft = new Draft(state);
      const waiting = threads.filter((one) =>
        isWaiter(one) && !draft.ended(one) && !(latecomer && one === waiters)
      );
      if (waiting.length > 0 && draft.shared(4) < draft.shared(6)) {
        return `lost signal: ${waiting} wait, ${draft.shared(6)} signals ended ${
          draft.shared(4)
        } waits`;
      }
      return undefined;
    },
  };
}
