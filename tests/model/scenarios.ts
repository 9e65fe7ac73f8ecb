// The configurations that are searched.
//
// Left out of the model, and therefore proved by tests of the real thing: a service that lives but
// is not healthy, reused pids, ipcrm, several services on one key, errors of system calls, and the
// token's own file. Time is left out too: a step may take for ever, a sleep no time at all.

import type { Rules } from "./rules.ts";
import { At, at, emptyState, type State } from "./state.ts";

/** One configuration of the system. */
export interface Scenario {
  /** At most `slots.clients`. */
  readonly clients: number;
  /** How often each client acquires and releases, at most 3. */
  readonly rounds: number;
  /** How many kill -9 of clients, guardians' `sh` and passes may happen, at most 7. */
  readonly crashes: number;
  /** How many services may be killed by somebody else, at most 3, like the next two. */
  readonly outside?: number;
  /** How often a client may give up before it has the lock. */
  readonly abandons?: number;
  /** How often `onFirstAcquire` may throw after it launched its process. */
  readonly throws?: number;
  /** The service outlives its last client for a while. */
  readonly linger?: boolean;
  /** A dying process's descriptors are closed before its semaphores are undone (macOS), or after (Linux). */
  readonly closesFirst?: boolean;
  /** The lock and the count are two operations: they don't fit into one of macOS's. */
  readonly stepwise?: boolean;
  /** The record is written as a temporary file and a rename, two steps. */
  readonly renames?: boolean;
}

/** A scenario and the rules that its processes obey. */
export interface Setup {
  readonly scenario: Scenario;
  readonly rules: Rules;
}

/** A scenario in words. */
export function titleOf(scenario: Scenario): string {
  const { clients, rounds, crashes, outside = 0, abandons = 0, throws = 0 } = scenario;
  const parts = [
    counted(clients, "client"),
    `${counted(rounds, "round")} each`,
    counted(crashes, "crash", "crashes"),
  ];
  if (outside > 0) parts.push("service killed from outside");
  if (abandons > 0) parts.push("a wait given up");
  if (throws > 0) parts.push("onFirstAcquire throws");
  if (scenario.linger === true) parts.push("linger");
  if (scenario.renames === true) parts.push("temporary file");
  if (scenario.stepwise === true) parts.push("lock and count in two steps");
  if (scenario.closesFirst === true) parts.push("kernel closes before it undoes");
  return parts.join(", ");
}

function counted(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

/** The state in which a scenario begins. */
export function initialState(scenario: Scenario): State {
  const state = emptyState();
  for (let i = 0; i < scenario.clients; i++) {
    const client = at(state.clients, i);
    client.pc = At.open;
    client.rounds = scenario.rounds;
  }
  state.crashes = scenario.crashes;
  state.outside = scenario.outside ?? 0;
  state.abandons = scenario.abandons ?? 0;
  state.throws = scenario.throws ?? 0;
  return state;
}

/** The largest that the ordinary test run can afford: a few seconds in all. */
export const boundedSearch: readonly Scenario[] = [
  { clients: 1, rounds: 3, crashes: 4, outside: 1 },
  { clients: 2, rounds: 1, crashes: 4, outside: 1 },
  { clients: 2, rounds: 1, crashes: 4, outside: 1, closesFirst: true },
  { clients: 2, rounds: 1, crashes: 4, outside: 1, closesFirst: true, stepwise: true },
  { clients: 2, rounds: 1, crashes: 3, outside: 1, linger: true, renames: true },
  { clients: 2, rounds: 1, crashes: 2, outside: 1, abandons: 1, throws: 1 },
  { clients: 2, rounds: 2, crashes: 2 },
  { clients: 2, rounds: 2, crashes: 1, outside: 1, linger: true, closesFirst: true },
  { clients: 3, rounds: 1, crashes: 2, outside: 1 },
  { clients: 3, rounds: 1, crashes: 1, outside: 1, closesFirst: true },
];

/** What `main.ts` searches. */
export const fullSearch: readonly Scenario[] = [
  { clients: 2, rounds: 2, crashes: 4, outside: 2 },
  { clients: 2, rounds: 3, crashes: 3, outside: 2 },
  { clients: 3, rounds: 1, crashes: 4, outside: 1 },
  { clients: 3, rounds: 1, crashes: 4, outside: 1, closesFirst: true },
  { clients: 3, rounds: 1, crashes: 4, outside: 1, closesFirst: true, stepwise: true },
  { clients: 3, rounds: 1, crashes: 4, outside: 1, linger: true, renames: true },
  { clients: 3, rounds: 1, crashes: 3, outside: 1, abandons: 1, throws: 1 },
  { clients: 3, rounds: 2, crashes: 2, outside: 1, linger: true, closesFirst: true },
  { clients: 3, rounds: 2, crashes: 3, outside: 1 },
  { clients: 4, rounds: 1, crashes: 3, outside: 1 },
  { clients: 4, rounds: 1, crashes: 2, outside: 1, linger: true, closesFirst: true },
];
