// Makes `openCounter(name, { backend: "mach" })` count on the simulated kernel, where the environment names its socket.

import process from "node:process";
import { BACKENDS } from "../../../src/counter/backends.ts";
import { Connection } from "../../../src/counter/mach/connection.ts";
import { MachCounter } from "../../../src/counter/mach/counter.ts";
import { simulated } from "./remote.ts";

const path = process.env["PROCREF_SIMULATED_MACH"];

if (path !== undefined) {
  const connection = new Connection(simulated(path));
  BACKENDS.mach = (name) => new MachCounter(name, connection);
}
