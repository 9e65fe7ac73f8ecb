// One client's stay at a service. It holds the start-up lock while it drives the state machine: each action is
// performed here, and what comes of it is the next event.

import type { Lease } from "../counter/lease.ts";
import { type Action, type Event, type State, type Transition, transition } from "./machine.ts";
import { isHealthy, isRunning } from "./health.ts";
import { stopping } from "./later.ts";
import type { Definition } from "./definition.ts";
import { mechanism, type Watch } from "./mechanism.ts";
import { pause } from "./pause.ts";
import { recordFiles } from "./record/files.ts";
import { blankRecord, nextRecord, stateOf } from "./record/progress.ts";
import type { ServiceRecord } from "./record/record.ts";
import { eraseRecord, readRecord, type ServicePaths, writeRecord } from "./record/store.ts";
import { once } from "../once.ts";
import type { Starter } from "./start.ts";
import { NEVER } from "../wait.ts";

const starting = once(() => import("./start.ts"));

const PATIENCE = 500; // ms

/** A client between `acquire()` and `release()`, or on its way in or out. */
export class Tenant {
  readonly #definition: Definition;
  readonly #paths: ServicePaths;
  readonly #lease: Lease;
  #watch: Watch;
  #record: ServiceRecord;
  #failure: { readonly error: unknown } | undefined;

  constructor(definition: Definition, paths: ServicePaths, lease: Lease, watch: Watch) {
    this.#definition = definition;
    this.#paths = paths;
    this.#lease = lease;
    this.#watch = watch;
    this.#record = blankRecord(definition);
  }

  /** What the record says, as this client knows it. */
  get record(): ServiceRecord {
    return this.#record;
  }

  /**
   * Comes in, with the lock and a reference held: starts, checks or recovers the service as need be.
   *
   * @throws What a callback or the system throws; the signal's reason. The reference is gone then.
   */
  async moveIn(record: ServiceRecord, signal: AbortSignal): Promise<void> {
    this.#record = record;
    try {
      await this.#drive("entered", signal);
    } catch (error) {
      // Given up, or refused by the system: out as by a crash, in the kernel's own order, and the guardian finishes
      // what is half done. The model explores this at every step, as a SIGKILL.
      this.#lease.withdraw();
      this.#lease.unlock();
      this.#watch.detach();
      // What went wrong while a failed start was undone is not why it failed.
      throw this.#failure === undefined ? error : this.#failure.error;
    }
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /**
   * Gives the reference back; the last one out stops the service.
   *
   * @param lingers False: now, however long it was to stay.
   * @returns False when the kernel's count had been removed by somebody (ipcrm), and the reference with it.
   * @throws What `onLastRelease` throws. The reference is gone all the same.
   */
  async leave(lingers = true): Promise<boolean> {
    if (!await this.#lease.leave()) {
      this.#watch.detach();
      return false;
    }
    pause("release:left");
    await this.#moveOut(lingers);
    return true;
  }

  async #moveOut(lingers: boolean): Promise<void> {
    try {
      const { record } = readRecord(this.#paths.record);
      // A record that is gone or garbage: what this client was told is the best that is known.
      const told = isRunning(this.#record) ? this.#record : blankRecord(this.#definition);
      this.#record = record ?? told;
      await this.#drive(this.#departure(lingers), NEVER);
    } catch (error) {
      this.#lease.unlock();
      this.#watch.detach();
      throw this.#failure === undefined ? error : this.#failure.error;
    }
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  #departure(lingers: boolean): Event {
    if (this.#lease.count() > 0) return "left";
    return lingers && this.#record.linger > 0 && this.#record.state === "running"
      ? "idle"
      : "empty";
  }

  async #drive(event: Event, signal: AbortSignal): Promise<void> {
    for (let next: Event | void = event; next !== undefined;) {
      const { state, actions }: Transition = transition(stateOf(this.#record), next);
      // A start that was given up is undone, within reason: who gave up does not want to wait for long.
      const undoing: boolean = next === "failed" && signal.aborted;
      const patience: AbortSignal = undoing ? AbortSignal.timeout(PATIENCE) : signal;
      next = undefined;
      for (const action of actions) {
        next = await this.#perform(action, state, patience) ?? next;
      }
    }
  }

  async #perform(action: Action, state: State, signal: AbortSignal): Promise<Event | void> {
    switch (action) {
      case "check":
        return await isHealthy(this.#definition, this.#record, signal) ? "healthy" : "unhealthy";
      case "reap":
        return await mechanism().reapStart(this.#paths, this.#record, signal);
      case "finish":
        return await mechanism().finish(this.#record, signal);
      case "write":
        return await this.#write(state);
      case "start":
        return await this.#start(signal);
      case "recover":
        return await this.#recover(signal);
      case "stop":
        return await this.#stop();
      case "erase":
        eraseRecord(this.#paths);
        return pause("release:erased");
      case "withdraw":
        return this.#lease.withdraw();
      case "admit":
        this.#lease.unlock();
        return pause("acquire:unlocked");
      case "guard":
        return await this.#guard();
      case "leave":
        this.#lease.unlock();
        return this.#watch.detach();
      case "vacate":
        return await this.#vacate();
    }
  }

  async #write(state: State): Promise<void> {
    try {
      const record = nextRecord(this.#record, state, this.#definition);
      writeRecord(this.#paths, record);
      this.#record = record;
    } catch (error) {
      // A service that cannot be recorded would be nobody's.
      if (state === "running" && this.#record.state !== "stopping") {
        await mechanism().finish(this.#record, NEVER);
      }
      throw error;
    }
    if (state !== "absent") pause(`written:${state}`);
    // The launcher's note has done its duty.
    if (state === "running") recordFiles().remove(this.#paths.token);
  }

  #start(signal: AbortSignal): Promise<Event> {
    return this.#run({ name: "onFirstAcquire", run: this.#definition.onFirstAcquire }, signal);
  }

  async #recover(signal: AbortSignal): Promise<Event> {
    const old = this.#record;
    const { onRecover } = this.#definition;
    if (onRecover === undefined || old.info === undefined) {
      await mechanism().finish(old, signal);
      return await this.#start(signal);
    }
    const { info } = old;
    const event = await this.#run(
      { name: "onRecover", run: (start) => onRecover(info, start) },
      signal,
    );
    // Never two services of one name: if the callback left the old one alive beside a new one, it goes.
    if (event === "started" && !sameProcess(old, this.#record)) {
      const { stopProcess } = await stopping();
      await stopProcess(old, signal);
    }
    return event;
  }

  async #run(starter: Starter, signal: AbortSignal): Promise<Event> {
    try {
      const { runStarter } = await starting();
      const started = await runStarter(starter, this.#record, this.#paths, signal);
      pause("acquire:started");
      this.#record = { ...this.#record, ...started, startedAt: Date.now() };
      return "started";
    } catch (error) {
      this.#failure = { error };
      return "failed";
    }
  }

  async #stop(): Promise<Event> {
    const { onLastRelease } = this.#definition;
    try {
      if (onLastRelease === undefined || this.#record.info === undefined) {
        await mechanism().finish(this.#record, NEVER);
      } else {
        await onLastRelease(this.#record.info);
        await mechanism().awaitStopped(this.#record);
      }
    } catch (error) {
      this.#failure = { error };
      return "unstoppable";
    }
    pause("release:stopped");
    return "stopped";
  }

  /** A guardian that was killed would leave a lingering service to nobody. */
  async #guard(): Promise<void> {
    if (this.#watch.isAlive(this.#record)) return;
    const old = this.#record;
    const own = await this.#watch.renew(this.#definition, this.#paths);
    this.#record = { ...old, ...own.address };
    writeRecord(this.#paths, this.#record);
    this.#watch.detach();
    this.#watch = own;
    await mechanism().supersede(old);
  }

  /** The kernel object goes first: the guardian is sent away only when nothing is left to guard. */
  async #vacate(): Promise<void> {
    const last = this.#lease.count() === 0;
    this.#lease.vacate();
    pause("release:removed");
    if (last) await this.#watch.dismiss();
    else this.#watch.detach();
  }
}

function sameProcess(one: ServiceRecord, other: ServiceRecord): boolean {
  return one.info?.pid === other.info?.pid && one.startTime === other.startTime;
}
