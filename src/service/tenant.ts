// One client's stay at a service. It holds the start-up lock while it drives the state machine: each action is
// performed here or in changes.ts, and what comes of it is the next event.

import type { Lease } from "../counter/lease.ts";
import { once } from "../once.ts";
import { NEVER } from "../wait.ts";
import type { Change } from "./changes.ts";
import type { Definition } from "./definition.ts";
import { isHealthy, isRunning } from "./health.ts";
import { type Action, type Event, type State, transition } from "./machine.ts";
import type { Watch } from "./mechanism.ts";
import { pause } from "./pause.ts";
import { blankRecord, stateOf } from "./record/progress.ts";
import type { ServiceRecord } from "./record/record.ts";
import { readRecord, type ServicePaths } from "./record/store.ts";

// Who comes to a running service, and leaves it to others, changes nothing.
const changing = /* @__PURE__ */ once(() => import("./changes.ts"));

const PATIENCE = 500; // ms

/** What a client has and knows between `acquire()` and `release()`. */
export interface Tenancy {
  readonly definition: Definition;
  readonly paths: ServicePaths;
  /** With the lock and a reference at first. */
  readonly lease: Lease;
  watch: Watch;
  /** What the record says, as this client knows it. */
  record: ServiceRecord;
  /** What a callback has thrown. */
  failure?: { readonly error: unknown };
}

/** A client between `acquire()` and `release()`, or on its way in or out. */
export class Tenant {
  readonly #tenancy: Tenancy;

  constructor(tenancy: Tenancy) {
    this.#tenancy = tenancy;
  }

  /** What the record says, as this client knows it. */
  get record(): ServiceRecord {
    return this.#tenancy.record;
  }

  /**
   * Comes in: starts, checks or recovers the service as need be.
   *
   * @throws What a callback or the system throws; the signal's reason. The reference is gone then.
   */
  async moveIn(signal: AbortSignal): Promise<void> {
    try {
      await this.#drive("entered", signal);
    } catch (error) {
      // Given up, or refused by the system: out as by a crash, in the kernel's own order, and the guardian finishes
      // what is half done. The model explores this at every step, as a SIGKILL.
      this.#tenancy.lease.withdraw();
      this.#goneWith(error);
    }
    this.#throwFailure();
  }

  /**
   * Gives the reference back; the last one out stops the service.
   *
   * @param lingers False: now, however long it was to stay.
   * @returns False when the kernel's count had been removed by somebody (ipcrm), and the reference with it.
   * @throws What `onLastRelease` throws. The reference is gone all the same.
   */
  async leave(lingers = true): Promise<boolean> {
    if (!await this.#tenancy.lease.leave()) {
      this.#tenancy.watch.detach();
      return false;
    }
    pause("release:left");
    await this.#moveOut(lingers);
    return true;
  }

  async #moveOut(lingers: boolean): Promise<void> {
    try {
      const { record } = readRecord(this.#tenancy.paths.record);
      this.#tenancy.record = record ?? this.#told();
      await this.#drive(this.#departure(lingers), NEVER);
    } catch (error) {
      this.#goneWith(error);
    }
    this.#throwFailure();
  }

  /** Lets go of everything, and throws: what went wrong while a failed start was undone is not why it failed. */
  #goneWith(error: unknown): never {
    const { lease, watch, failure = { error } } = this.#tenancy;
    lease.unlock();
    watch.detach();
    throw failure.error;
  }

  #throwFailure(): void {
    const { failure } = this.#tenancy;
    if (failure !== undefined) throw failure.error;
  }

  /** For a record that is gone or garbage: what this client was told is the best that is known. */
  #told(): ServiceRecord {
    const { record, definition } = this.#tenancy;
    return isRunning(record) ? record : blankRecord(definition);
  }

  #departure(lingers: boolean): Event {
    const { lease, record } = this.#tenancy;
    if (lease.count() > 0) return "left";
    return lingers && record.linger > 0 && record.state === "running" ? "idle" : "empty";
  }

  async #drive(event: Event, signal: AbortSignal): Promise<void> {
    const { state, actions } = transition(stateOf(this.#tenancy.record), event);
    // A start that was given up is undone, within reason: who gave up does not want to wait for long.
    const undoing = event === "failed" && signal.aborted;
    const patience = undoing ? AbortSignal.timeout(PATIENCE) : signal;
    let next: Event | void = undefined;
    for (const action of actions) next = await this.#perform(action, state, patience) ?? next;
    if (next !== undefined) await this.#drive(next, signal);
  }

  #perform(action: Action, state: State, signal: AbortSignal): Promise<Event | void> | void {
    switch (action) {
      case "check":
        return this.#check(signal);
      case "admit":
        this.#tenancy.lease.unlock();
        return pause("acquire:unlocked");
      case "leave":
        this.#tenancy.lease.unlock();
        return this.#tenancy.watch.detach();
      default:
        return this.#change(action, state, signal);
    }
  }

  async #check(signal: AbortSignal): Promise<Event> {
    const { definition, record } = this.#tenancy;
    return await isHealthy(definition, record, signal) ? "healthy" : "unhealthy";
  }

  async #change(action: Change, state: State, signal: AbortSignal): Promise<Event | void> {
    const { perform } = await changing();
    return await perform(this.#tenancy, action, state, signal);
  }
}
