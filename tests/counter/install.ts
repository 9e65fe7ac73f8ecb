// What `openCounter` counts on in a test's processes, where the environment asks for another kernel or manner.

import process from "node:process";
import { BACKENDS } from "../../src/counter/backends.ts";
import { Connection } from "../../src/counter/mach/connection.ts";
import { MachCounter } from "../../src/counter/mach/counter.ts";
import { SysvCounter } from "../../src/counter/sysv/counter.ts";
import { placeOf } from "../../src/counter/sysv/place.ts";
import { simulated } from "./mach/remote.ts";

const MACH = "PROCREF_TEST_MACH";
const STEPWISE = "PROCREF_TEST_STEPWISE";

/** Another kernel or manner than the system's own. */
export interface Manner {
  /** The name of the socket of a simulated Mach kernel. */
  readonly mach?: string;
  /** System V semaphores as narrow as those of macOS. */
  readonly stepwise?: true;
}

/** What this file and its processes count on; files run one after the other in one process, whichever tests are meant. */
export function use({ mach, stepwise }: Manner): void {
  for (const name of [MACH, STEPWISE]) delete process.env[name];
  if (mach !== undefined) process.env[MACH] = mach;
  if (stepwise !== undefined) process.env[STEPWISE] = "1";
  install();
}

/** Does what the environment says. */
export function install(): void {
  const socket = process.env[MACH];
  if (socket !== undefined) {
    const connection = new Connection(simulated(socket));
    BACKENDS.mach = (name) => new MachCounter(name, connection);
  }
  if (process.env[STEPWISE] !== undefined) {
    const manner = { stepwise: true, timed: false };
    BACKENDS.sysv = (name) => new SysvCounter(name, { ...placeOf("counter", name), manner });
  }
}
