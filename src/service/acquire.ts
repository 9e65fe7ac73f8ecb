// The way in. The order of the steps is what makes it safe; each is explained where it is taken, and the model
// in tests/model fails when one of them is moved.

import type { Lease } from "../counter/lease.ts";
import { quote } from "../name.ts";
import { describeTarget } from "../process/identity.ts";
import { reap } from "../process/launched.ts";
import { limit, type WaitOptions } from "../wait.ts";
import type { Definition } from "./definition.ts";
import { mechanism, type Watch } from "./mechanism.ts";
import { pause } from "./pause.ts";
import { blankRecord, fallenRecord } from "./record/progress.ts";
import type { ServiceRecord } from "./record/record.ts";
import { pathsOf, readRecord, type ServicePaths, writeRecord } from "./record/store.ts";
import { serviceSystem } from "./system.ts";
import { Tenant } from "./tenant.ts";
import { asideFromTurn } from "./turn.ts";
import type { ServiceInfo } from "./types.ts";

/**
 * Comes to hold a reference to the service, with a guardian on watch.
 *
 * @throws What `SharedService.acquire()` documents.
 */
export async function acquire(definition: Definition, options: WaitOptions): Promise<Stay> {
  using patience = limit(options, () => describe(definition));
  patience.signal.throwIfAborted();
  const tenant = await asideFromTurn(() => comeIn(definition, patience.signal));
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
  const path = serviceSystem().peekDirectory(directory);
  const holder = path === undefined ? undefined : mechanism().lockOf(name, path).holder();
  const whose = holder === undefined
    ? ""
    : `, whose start-up lock is held by ${describeTarget(holder)}`;
  return `service ${quote(name)}${whose}`;
}

async function comeIn(definition: Definition, signal: AbortSignal): Promise<Tenant> {
  reap();
  const { lockOf, check, watch, attach, supersede, outlivesWatch } = mechanism();
  check(definition);
  const directory = serviceSystem().openDirectory(definition.directory);
  const paths = pathsOf(directory, definition.name);
  let own: Watch | undefined;
  let lease: Lease | undefined;
  try {
    const lock = lockOf(definition.name, directory);
    while (lease === undefined) {
      // Whoever may make the kernel object is watched already: if it dies, its guardian removes the object.
      if (own === undefined && !lock.exists()) {
        own = await watch(definition, paths);
        pause("acquire:guardian-made");
      }
      lease = await lock.enter(own !== undefined, signal);
    }
    pause("acquire:entered");
    // From here on the lock is held: the record can be believed, and nobody else changes it.
    const read = readRecord(paths.record).record ?? blankRecord(definition);
    const official = attach(read, definition);
    const spare = official && own;
    own = official ?? own ?? await watch(definition, paths);
    if (spare !== undefined) await spare.dismiss();
    const found = official === undefined && !outlivesWatch ? fallenRecord(read) : read;
    const worn = own.isAlive(found) ? undefined : own;
    own = await worn?.renew(definition, paths) ?? own;
    worn?.detach();
    const unknown = official === undefined || worn !== undefined || found.idle;
    const record = unknown ? register(paths, found, own) : found;
    if (official === undefined) await supersede(read);
    pause("acquire:attached");
    const tenant = new Tenant(definition, paths, lease, own);
    [lease, own] = [undefined, undefined];
    await tenant.moveIn(record, signal);
    return tenant;
  } catch (error) {
    // Not `q`: the guardian finds out by the kernel's count whether anything is left to do.
    lease?.withdraw();
    if (own === undefined) lease?.vacate();
    else lease?.unlock();
    own?.detach();
    throw error;
  }
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
