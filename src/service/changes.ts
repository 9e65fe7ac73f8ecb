// What a client does at a service beside coming and going: starting, recovering and stopping it, and keeping its record.

import { NEVER } from "../wait.ts";
import { stopping } from "./later.ts";
import type { Action, Event, State } from "./machine.ts";
import { mechanism } from "./mechanism.ts";
import { pause } from "./pause.ts";
import { recordFiles } from "./record/files.ts";
import { nextRecord } from "./record/next.ts";
import type { ServiceRecord } from "./record/record.ts";
import { eraseRecord, writeRecord } from "./record/store.ts";
import { runStarter, type Starter } from "./start.ts";
import type { Tenancy } from "./tenant.ts";

/** What is done here. */
export type Change = Exclude<Action, "check" | "admit" | "leave">;

/** Performs an action. @returns The next event, if it leads to one. */
export function perform(
  tenancy: Tenancy,
  action: Change,
  state: State,
  signal: AbortSignal,
): Promise<Event | void> | void {
  const { paths, record, lease } = tenancy;
  switch (action) {
    case "reap":
      return mechanism.reapStart(paths, record, signal);
    case "finish":
      return mechanism.finish(record, signal);
    case "write":
      return write(tenancy, state);
    case "start":
      return start(tenancy, signal);
    case "recover":
      return recover(tenancy, signal);
    case "stop":
      return stop(tenancy);
    case "erase":
      eraseRecord(paths);
      return pause("release:erased");
    case "withdraw":
      return lease.withdraw();
    case "guard":
      return guard(tenancy);
    case "vacate":
      return vacate(tenancy);
  }
}

async function write(tenancy: Tenancy, state: State): Promise<void> {
  const { definition, paths, record } = tenancy;
  try {
    const next = nextRecord(record, state, definition);
    writeRecord(paths, next);
    tenancy.record = next;
  } catch (error) {
    // A service that cannot be recorded would be nobody's.
    if (state === "running" && record.state !== "stopping") {
      await mechanism.finish(record, NEVER);
    }
    throw error;
  }
  if (state !== "absent") pause(`written:${state}`);
  // The launcher's note has done its duty.
  if (state === "running") recordFiles.remove(paths.token);
}

function start(tenancy: Tenancy, signal: AbortSignal): Promise<Event> {
  const { onFirstAcquire } = tenancy.definition;
  return run(tenancy, { name: "onFirstAcquire", run: onFirstAcquire }, signal);
}

async function recover(tenancy: Tenancy, signal: AbortSignal): Promise<Event> {
  const old = tenancy.record;
  const { onRecover } = tenancy.definition;
  if (onRecover === undefined || old.info === undefined) {
    await mechanism.finish(old, signal);
    return await start(tenancy, signal);
  }
  const { info } = old;
  const event = await run(
    tenancy,
    { name: "onRecover", run: (context) => onRecover(info, context) },
    signal,
  );
  // Never two services of one name: if the callback left the old one alive beside a new one, it goes.
  if (event === "started" && !sameProcess(old, tenancy.record)) {
    const { stopProcess } = await stopping();
    await stopProcess(old, signal);
  }
  return event;
}

async function run(tenancy: Tenancy, starter: Starter, signal: AbortSignal): Promise<Event> {
  try {
    const started = await runStarter(starter, tenancy.record, tenancy.paths, signal);
    pause("acquire:started");
    tenancy.record = { ...tenancy.record, ...started, startedAt: Date.now() };
    return "started";
  } catch (error) {
    tenancy.failure = { error };
    return "failed";
  }
}

async function stop(tenancy: Tenancy): Promise<Event> {
  const { record } = tenancy;
  const { onLastRelease } = tenancy.definition;
  try {
    if (onLastRelease === undefined || record.info === undefined) {
      await mechanism.finish(record, NEVER);
    } else {
      await onLastRelease(record.info);
      await mechanism.awaitStopped(record);
    }
  } catch (error) {
    tenancy.failure = { error };
    return "unstoppable";
  }
  pause("release:stopped");
  return "stopped";
}

/** A guardian that was killed would leave a lingering service to nobody. */
async function guard(tenancy: Tenancy): Promise<void> {
  const { definition, paths, record: old, watch } = tenancy;
  if (watch.isAlive(old)) return;
  const own = await watch.renew(definition, paths);
  tenancy.record = { ...old, ...own.address };
  writeRecord(paths, tenancy.record);
  watch.detach();
  tenancy.watch = own;
  await mechanism.supersede(old);
}

/** The kernel object goes first: the guardian is sent away only when nothing is left to guard. */
async function vacate({ lease, watch }: Tenancy): Promise<void> {
  const last = lease.count() === 0;
  lease.vacate();
  pause("release:removed");
  if (last) await watch.dismiss();
  else watch.detach();
}

function sameProcess(one: ServiceRecord, other: ServiceRecord): boolean {
  return one.info?.pid === other.info?.pid && one.startTime === other.startTime;
}
