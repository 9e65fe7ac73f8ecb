// The configurations that are searched.

import type { Rules } from "./rules.ts";
import { At, at, emptyState, type State } from "./state.ts";

/** One configuration of the system. */
export interface Scenario {
  readonly name: string;
  readonly clients: number;
  /** How often each client acquires and releases. */
  readonly rounds: number;
  /** How many kill -9 of clients, guardians' `sh` and passes may happen. */
  readonly crashes: number;
  /** How many services may be killed by somebody else. */
  readonly outside?: number;
  /** How many waits for the lock may be given up. */
  readonly abandons?: number;
  /** The service outlives its last client for a while. */
  readonly linger?: boolean;
  /** A dying process's descriptors are closed before its semaphores are undone (macOS), or after (Linux). */
  readonly closesFirst?: boolean;
  /** The record is written as a temporary file and a rename, two steps. */
  readonly renames?: boolean;
}

/** A scenario and the rules that its processes obey. */
export interface Setup {
  readonly scenario: Scenario;
  readonly rules: Rules;
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
  return state;
}
