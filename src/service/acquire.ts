// The way in. The order of the steps is what makes it safe; each is explained where it is taken, and the model
// in tests/model fails when one of them is moved.

import type { Lease, ServiceLock } from "../counter/lease.ts";
import { quote } from "../name.ts";
import { describeTarget } from "../process/identity.ts";
import { reap } from "../process/launched.ts";
import { type WaitOptions, within } from "../wait.ts";
import type { Definition } from "./definition.ts";
import { mechanism, type Watch } from "./mechanism.ts";
import { pause } from "./pause.ts";
import { blankRecord, fallenRecord } from "./record/progress.ts";
import type { ServiceRecord } from "./record/record.ts";
import { pathsOf, readRecord, type ServicePaths, writeRecord } from "./record/store.ts";
import { serviceSystem } from "./system.ts";
import { Tenant } from "./tenant.ts";
import { asideFromTurn } from "./aside.ts";
import type { ServiceInfo } from "./types.ts";

/**
 * Comes to hold a reference to the service, with a guardian on watch.
 *
 * @throws What `SharedService.acquire()` documents.
 */
export async function acquire(definition: Definition, options: WaitOptions): Promise<Stay> {
  const tenant = await asideFromTurn(() =>
    within(options, () => describe(definition), (signal) => new Arrival(definition).comeIn(signal))
  );
  const { info } = tenant.record;
  if (info === undefined) throw new Error("A client was admitted to a service without a process");
  return { info, leave: (lingers) => tenant.leave(lingers) };
}

/** What a client comes to have: the service, and a way out. */
export interface Stay {
  readonly info: ServiceInfo;
  /** `lingers` false: the last one out stops the service now. */
  leave(lingers?: boolean): Promise<boolean>;
}

/** The service, and who keeps others waiting for it: for the message of a timeout. */
function describe({ name, directory }: Definition): string {
  const path = serviceSystem.peekDirectory(directory);
  const holder = path === undefined ? undefined : mechanism.lockOf(name, path).holder();
  const whose = holder === undefined
    ? ""
    : `, whose start-up lock is held by ${describeTarget(holder)}`;
  return `service ${quote(name)}${whose}`;
}

/** Who watches over the service, and what its record says. */
interface Watched {
  readonly watch: Watch;
  readonly record: ServiceRecord;
}

/**
 * A client on its way in, and what it has in its hands. What a client of a running service does not need has methods of
 * its own: a runtime compiles the whole of a function that it calls, and takes long over a large asynchronous one.
 */
class Arrival {
  readonly #definition: Definition;
  readonly #paths: ServicePaths;
  readonly #lock: ServiceLock;
  #watch: Watch | undefined;
  #lease: Lease | undefined;

  constructor(definition: Definition) {
    reap();
    const { check, lockOf } = mechanism;
    check(definition);
    const directory = serviceSystem.openDirectory(definition.directory);
    this.#definition = definition;
    this.#paths = pathsOf(directory, definition.name);
    this.#lock = lockOf(definition.name, directory);
  }

  async comeIn(signal: AbortSignal): Promise<Tenant> {
    try {
      const lease = await this.#lock.enter(false, signal) ?? await this.#enterWatched(signal);
      this.#lease = lease;
      pause("acquire:entered");
      // From here on the lock is held: the record can be believed, and nobody else changes it.
      const read = readRecord(this.#paths.record).record ?? blankRecord(this.#definition);
      const spare = this.#watch;
      const official = mechanism.attach(read, this.#definition);
      this.#watch = official ?? spare;
      const { watch, record } = ready(read, official, spare) ??
        await this.#standWatch(read, official, spare);
      pause("acquire:attached");
      const tenant = new Tenant({
        definition: this.#definition,
        paths: this.#paths,
        lease,
        watch,
        record,
      });
      this.#lease = this.#watch = undefined;
      await tenant.moveIn(signal);
      return tenant;
    } catch (error) {
      this.#letGo();
      throw error;
    }
  }

  /** Whoever may make the kernel object is watched already: if it dies, its guardian removes the object. */
  async #enterWatched(signal: AbortSignal): Promise<Lease> {
    this.#watch = await mechanism.watch(this.#definition, this.#paths);
    pause("acquire:guardian-made");
    for (;;) {
      const lease = await this.#lock.enter(true, signal);
      if (lease !== undefined) return lease;
    }
  }

  /** Sees to it that one watch is the official one, and alive. */
  async #standWatch(
    read: ServiceRecord,
    official: Watch | undefined,
    spare: Watch | undefined,
  ): Promise<Watched> {
    const { watch, supersede, outlivesWatch } = mechanism;
    const found = official === undefined && !outlivesWatch ? fallenRecord(read) : read;
    const own = this.#watch ??= await watch(this.#definition, this.#paths);
    if (official !== undefined) await spare?.dismiss();
    const worn = own.isAlive(found) ? undefined : own;
    const standing = this.#watch = await worn?.renew(this.#definition, this.#paths) ?? own;
    worn?.detach();
    const unknown = official === undefined || worn !== undefined || found.idle;
    const record = unknown ? register(this.#paths, found, standing) : found;
    if (official === undefined) await supersede(read);
    return { watch: standing, record };
  }

  #letGo(): void {
    const [lease, watch] = [this.#lease, this.#watch];
    // Not `q`: the guardian finds out by the kernel's count whether anything is left to do.
    lease?.withdraw();
    if (watch === undefined) lease?.vacate();
    else lease?.unlock();
    watch?.detach();
  }
}

/** The recorded watch, where it is there and nothing is left to do about it. */
function ready(
  record: ServiceRecord,
  official: Watch | undefined,
  spare: Watch | undefined,
): Watched | undefined {
  const settled = spare === undefined && !record.idle && official?.isAlive(record);
  return official !== undefined && settled ? { watch: official, record } : undefined;
}

/** Records the watch that there is from now on, and that the service is no longer idle. */
function register(
  paths: ServicePaths,
  found: ServiceRecord,
  { address }: Watch,
): ServiceRecord {
  const record = { ...found, ...address, idle: false };
  writeRecord(paths, record);
  return record;
}
