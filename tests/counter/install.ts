// What `openCounter` counts on in a test's processes, where the environment asks for another kernel or manner.

import process from "node:process";
import { BACKENDS } from "../../src/counter/backends.ts";
import { Connection } from "../../src/counter/mach/connection.ts";
import { MachCounter } from "../../src/counter/mach/counter.ts";
import { SysvCounter } from "../../src/counter/sysv/counter.ts";
import { placeOf } from "../../src/counter/sysv/place.ts";
import { simulated } from "./mach/remote.ts";

/** The name of the socket of a simulated Mach kernel. */
export const SIMULATED_MACH = "PROCREF_TEST_MACH";
/** Makes System V semaphores as narrow as those of macOS. */
export const STEPWISE = "PROCREF_TEST_STEPWISE";

/** Does what the environment says. */
export function install(): void {
  const socket = process.env[SIMULATED_MACH];
  if (socket !== undefined) {
    const connection = new Connection(simulated(socket));
    BACKENDS.mach = (name) => new MachCounter(name, connection);
  }
  if (process.env[STEPWISE] !== undefined) {
    const manner = { stepwise: true, timed: false };
    BACKENDS.sysv = (name) => new SysvCounter(name, { ...placeOf("counter", name), manner });
  }
}

install();
