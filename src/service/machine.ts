// The life of a service as data: what whoever holds the start-up lock has to do next. No input or output here,
// so that tests can walk through every sequence of events; the driver performs the actions.

/** Where a service is in its life. All but `absent` stand in its record. */
export type State = "absent" | "starting" | "running" | "recovering" | "stopping";

/** What happens to a service, as seen by the holder of its start-up lock. */
export type Event =
  /** A client came in. */
  | "entered"
  /** The running service passed its check, or failed it. */
  | "healthy"
  | "unhealthy"
  /** A start or a recovery is over. */
  | "started"
  | "failed"
  /** A reference was given back, or a client died: others are left, the service lingers, or nobody is left. */
  | "left"
  | "idle"
  | "empty"
  /** The stop is over. */
  | "stopped"
  | "unstoppable";

/** What the driver does, in this order. */
export type Action =
  /** Asks the health check. Its answer is the next event. */
  | "check"
  /** Stops what a dead starter launched: everything that carries the record's token. */
  | "reap"
  /** Ends the recorded process by the recorded policy, and waits for that. */
  | "finish"
  /** Writes the new state into the record. */
  | "write"
  /** Runs `onFirstAcquire`. What comes of it is the next event. */
  | "start"
  /** Runs `onRecover`. What comes of it is the next event. */
  | "recover"
  /** Runs `onLastRelease`. What comes of it is the next event. */
  | "stop"
  /** Removes the record. */
  | "erase"
  /** Hands the service to the client. */
  | "admit"
  /** Gives the reference back that was taken on coming in. */
  | "withdraw"
  /** Sees to it that a guardian lives: it has to stop the service when its time is over. */
  | "guard"
  /** Frees the lock and leaves everything else. */
  | "leave"
  /** Frees the lock, removing the kernel object and dismissing the guardian if nobody is left. */
  | "vacate";

/** What an event leads to. */
export interface Transition {
  readonly state: State;
  readonly actions: readonly Action[];
}

const TABLE: Readonly<Record<State, Partial<Readonly<Record<Event, Transition>>>>> = {
  absent: {
    entered: { state: "starting", actions: ["write", "start"] },
    left: { state: "absent", actions: ["leave"] },
    idle: { state: "absent", actions: ["erase", "vacate"] },
    empty: { state: "absent", actions: ["erase", "vacate"] },
  },
  starting: {
    // Whoever wrote that died in the act, or its start never ended.
    entered: { state: "starting", actions: ["reap", "write", "start"] },
    started: { state: "running", actions: ["write", "admit"] },
    failed: { state: "absent", actions: ["reap", "erase", "withdraw", "vacate"] },
    left: { state: "starting", actions: ["leave"] },
    idle: { state: "absent", actions: ["reap", "erase", "vacate"] },
    empty: { state: "absent", actions: ["reap", "erase", "vacate"] },
  },
  running: {
    entered: { state: "running", actions: ["check"] },
    healthy: { state: "running", actions: ["admit"] },
    unhealthy: { state: "recovering", actions: ["write", "recover"] },
    left: { state: "running", actions: ["leave"] },
    idle: { state: "running", actions: ["guard", "leave"] },
    empty: { state: "stopping", actions: ["write", "stop"] },
  },
  recovering: {
    entered: { state: "starting", actions: ["reap", "finish", "write", "start"] },
    started: { state: "running", actions: ["write", "admit"] },
    failed: { state: "absent", actions: ["reap", "finish", "erase", "withdraw", "vacate"] },
    left: { state: "recovering", actions: ["leave"] },
    idle: { state: "absent", actions: ["reap", "finish", "erase", "vacate"] },
    empty: { state: "absent", actions: ["reap", "finish", "erase", "vacate"] },
  },
  stopping: {
    entered: { state: "starting", actions: ["finish", "write", "start"] },
    stopped: { state: "absent", actions: ["erase", "vacate"] },
    // The next acquire adopts or replaces what it finds.
    unstoppable: { state: "running", actions: ["write", "vacate"] },
    left: { state: "stopping", actions: ["leave"] },
    idle: { state: "absent", actions: ["finish", "erase", "vacate"] },
    empty: { state: "absent", actions: ["finish", "erase", "vacate"] },
  },
};

/**
 * The next state, and what to do to get there.
 *
 * @throws {Error} The event cannot happen in this state: a mistake of the driver.
 */
export function transition(state: State, event: Event): Transition {
  const next = TABLE[state][event];
  if (next === undefined) throw new Error(`A service that is ${state} cannot be ${event}`);
  return next;
}
