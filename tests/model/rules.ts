// The rules that the protocol stands on. Each can be switched off alone; the search must then find
// a violation, which shows that the rule is needed and that the search would see it missing.

/** Each rule, with the step of the protocol that it belongs to (A acquire, R release, G guardian). */
export const rules = {
  watchedCreation: "A1: whoever may create a set is already watched by a guardian of his own",
  recordDecides: "A3: what to do is decided by the record, whatever the count says",
  waitForHalfBorn: "A5: a start left behind is cleaned up once no child is between fork and exec",
  waitForOldExit: "A5: a new service starts after the old one has exited",
  writeStartingFirst: "A5: `starting` with its token is written before anything is launched",
  stopCarriersAtRelease: "R2: the last one out stops what a dead starter launched",
  writeStoppingFirst: "R2: `stopping` is written before the first signal",
  removeRecordFirst: "R3: the record goes before the set, whose removal is the unlock",
  dismissAfterRemoval: "R4: the guardian is dismissed after the set is gone",
  repeatKilledPass: "G1: a pass that was killed is run again",
  waitForZero: "G4: a guardian whose writers are gone waits for the count to reach zero",
  zeroAndLockAtOnce: "G4: count zero and the lock are awaited in one operation",
  abandonWithoutDismissing: "A2: whoever gives up closes the write end and never writes `q`",
} as const;

/** The name of a rule. */
export type Rule = keyof typeof rules;

/** For each rule, whether it is obeyed. */
export type Rules = Readonly<Record<Rule, boolean>>;

/** The protocol as it is. */
export const everyRule: Rules = {
  watchedCreation: true,
  recordDecides: true,
  waitForHalfBorn: true,
  waitForOldExit: true,
  writeStartingFirst: true,
  stopCarriersAtRelease: true,
  writeStoppingFirst: true,
  removeRecordFirst: true,
  dismissAfterRemoval: true,
  repeatKilledPass: true,
  waitForZero: true,
  zeroAndLockAtOnce: true,
  abandonWithoutDismissing: true,
};

/** The protocol with one rule broken. */
export function without(rule: Rule): Rules {
  return { ...everyRule, [rule]: false };
}
