// The state of the modelled system: every process, descriptor, semaphore and file that the protocol
// can tell apart, as small numbers. Zero always means "none", so an unused slot is all zeros.

/** What clients and guardians' passes have in common: where they are and what the kernel holds for them. */
export interface Process {
  /** The next system call: one of `At` in a client, of `Pass` in a pass. */
  pc: number;
  /** What this process thinks of the semaphore set: one of `Known`. */
  set: number;
  /** 1 while it holds `start` (with undo). */
  lock: number;
  /** Where it is in stopping a service: one of `Stop`. */
  stop: number;
  /** 1 between writing the temporary file and renaming it. */
  staged: number;
}

/** A process that acquires and releases the service, `rounds` times. */
export interface Client extends Process {
  rounds: number;
  /** 1 while its share of `count` (with undo) stands. */
  counted: number;
  /** The guardian it made and whose write end it holds, or `lost` if that was killed. */
  own: number;
  /** The official guardian whose write end it holds. */
  attached: number;
  /** The service it launched or uses; none once that was killed from outside. */
  service: number;
}

/** A guardian's `sh`, its pipe, and its pass, which can outlive it. `pc` and so on are the pass's. */
export interface Guardian extends Process {
  /** One of `Sh`. */
  sh: number;
  /** 1 when the line `q` lies in the pipe. */
  dismissed: number;
}

/** A process that `onFirstAcquire` launched. */
export interface Service {
  /** One of `Phase`. */
  phase: number;
  /** 1 if it carries (or, half-born, will carry) the token of the record. */
  token: number;
  /** The guardian whose write end it shares with its parent until exec. */
  inherited: number;
}

/** Everything. */
export interface State {
  clients: Client[];
  guardians: Guardian[];
  services: Service[];
  /** 1 while the semaphore set exists. Its values follow from the processes' `lock` and `counted`. */
  set: number;
  /** One of `Recorded`; the three fields below are parts of the same file. */
  record: number;
  recordGuardian: number;
  recordService: number;
  idle: number;
  /** 1 while the temporary file exists. */
  temporary: number;
  /** How many more faults of each kind may happen; see `Scenario`. */
  crashes: number;
  outside: number;
  abandons: number;
  throws: number;
  /** 1 while a killed guardian is not replaced: only then may something be left behind (S2). */
  unwatched: number;
  /** 1 while a last client comes to repair that (S6). */
  repairing: number;
}

/** A client's steps. */
export const At = {
  gone: 0,
  open: 1,
  makeGuardian: 2,
  create: 3,
  lock: 4,
  attach: 5,
  dismissOwn: 6,
  decide: 7,
  recover: 8,
  start: 9,
  fork: 10,
  launched: 11,
  running: 12,
  hold: 13,
  leave: 14,
  stopping: 15,
  removeRecord: 16,
  removeSet: 17,
  dismiss: 18,
  close: 19,
  dying: 20,
  failed: 21,
  count: 22,
  uncount: 23,
} as const;

/** A pass's steps; the last three are its exit codes. */
export const Pass = {
  none: 0,
  open: 1,
  readRecord: 2,
  create: 3,
  lock: 4,
  look: 5,
  zero: 6,
  lockAfterZero: 7,
  alone: 8,
  goIdle: 9,
  stopping: 10,
  removeRecord: 11,
  removeSet: 12,
  exitDone: 13,
  exitReadOn: 14,
  exitSleep: 15,
} as const;

/** What a process knows of the set: not opened, opened, opened but removed since. */
export const Known = { none: 0, current: 1, removed: 2 } as const;

/** The steps of stopping what the record names. */
export const Stop = { look: 0, signal: 1, mark: 2, exit: 3 } as const;

/** What a guardian's `sh` does. */
export const Sh = { dead: 0, reading: 1, waiting: 2, sleeping: 3 } as const;

/** A service's life: between fork and exec, running, signalled by us but not yet gone. */
export const Phase = { none: 0, halfBorn: 1, alive: 2, signalled: 3 } as const;

/** The record's `state`; `none` is a record that names a guardian only. */
export const Recorded = { absent: 0, none: 1, starting: 2, running: 3, stopping: 4 } as const;

/** Slots; a scenario that needs more ends in an error, never in a wrong answer. */
export const slots = { clients: 4, guardians: 6, services: 3 } as const;

/** In `own`: a guardian was made and then killed. */
export const lost = slots.guardians + 1;

/** The item at an index that is known to exist. */
export function at<T>(items: readonly T[], index: number): T {
  const item = items[index];
  if (item === undefined) throw new RangeError(`No item ${index} of ${items.length}`);
  return item;
}

/** The state in which nobody has done anything. */
export function emptyState(): State {
  const process = { pc: 0, set: 0, lock: 0, stop: 0, staged: 0 };
  const client = { ...process, rounds: 0, counted: 0, own: 0, attached: 0, service: 0 };
  const guardian = { ...process, sh: 0, dismissed: 0 };
  const service = { phase: 0, token: 0, inherited: 0 };
  return {
    clients: Array.from({ length: slots.clients }, () => ({ ...client })),
    guardians: Array.from({ length: slots.guardians }, () => ({ ...guardian })),
    services: Array.from({ length: slots.services }, () => ({ ...service })),
    set: 0,
    record: 0,
    recordGuardian: 0,
    recordService: 0,
    idle: 0,
    temporary: 0,
    crashes: 0,
    outside: 0,
    abandons: 0,
    throws: 0,
    unwatched: 0,
    repairing: 0,
  };
}
