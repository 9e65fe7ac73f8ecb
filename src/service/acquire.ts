// The way in. The order of the steps is what makes it safe; each is explained where it is taken, and the model
// in tests/model fails when one of them is moved.

import type { Lease } from "../counter/lease.ts";
import { quote } from "../name.ts";
import { describeTarget } from "../process/identity.ts";
import { reap } from "../process/launch.ts";
import { limit, type WaitOptions } from "../wait.ts";
import type { Definition } from "./definition.ts";
import { lockOf } from "./lock.ts";
import { chargeOf, checkModule, makeGuardian } from "./guardian/make.ts";
import { attach, detach, dismiss, endLingering, type GuardianHold } from "../guardian/pipe.ts";
import { pause } from "./pause.ts";
import { openDirectory, peekDirectory } from "./record/directory.ts";
import { blankRecord } from "./record/progress.ts";
import type { ServiceRecord } from "./record/record.ts";
import { pathsOf, readRecord, type ServicePaths, writeRecord } from "./record/store.ts";
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
function describe({ name, directory, backend }: Definition): string {
  const path = peekDirectory(directory);
  const holder = path === undefined ? undefined : lockOf(name, path, backend).holder();
  const whose = holder === undefined
    ? ""
    : `, whose start-up lock is held by ${describeTarget(holder)}`;
  return `service ${quote(name)}${whose}`;
}

async function comeIn(definition: Definition, signal: AbortSignal): Promise<Tenant> {
  reap();
  if (definition.module !== undefined) checkModule(definition.module);
  const directory = openDirectory(definition.directory);
  const paths = pathsOf(directory, definition.name);
  const charge = chargeOf(definition, paths);
  let own: GuardianHold | undefined;
  let lease: Lease | undefined;
  try {
    const lock = lockOf(definition.name, directory, definition.backend);
    while (lease === undefined) {
      // Whoever may make the kernel object is watched already: if it dies, its guardian removes the object.
      if (own === undefined && !lock.exists()) {
        own = await makeGuardian(charge);
        pause("acquire:guardian-made");
      }
      lease = await lock.enter(own !== undefined, signal);
    }
    pause("acquire:entered");
    // From here on the lock is held: the record can be believed, and nobody else changes it.
    const found = readRecord(paths.record).record ?? blankRecord(definition);
    const official = found.guardian && attach(found.guardian);
    const spare = official && own;
    own = official ?? own ?? await makeGuardian(charge);
    if (spare !== undefined) await dismiss(spare);
    const record = official === undefined || found.idle ? register(paths, found, own) : found;
    // Alive, but not to be attached to: it sleeps for a service that lingers, and has its successor now.
    if (official === undefined && found.guardian) await endLingering(found.guardian);
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
    if (own !== undefined) detach(own);
    throw error;
  }
}

/** Records the guardian that watches from now on, and that the service is no longer idle. */
function register(
  paths: ServicePaths,
  found: ServiceRecord,
  { address }: GuardianHold,
): ServiceRecord {
  const record = { ...found, guardian: address, idle: false };
  writeRecord(paths, record);
  return record;
}
