// Mach as libSystem has it, and keepers as processes of their own.

import { processes } from "../../../ffi/libc.ts";
import { machMessageElsewhere, machPorts } from "../../../ffi/libsystem.ts";
import { runtime } from "../../runtime/mod.ts";
import { executable } from "../../runtime/process_files.ts";
import type { RefCounter } from "../types.ts";
import { KEEPER } from "./bundle.ts";
import { type Access, Connection } from "./connection.ts";
import { MachCounter } from "./counter.ts";
import { type MachKernel, Space } from "./space.ts";
import { launchKeeper } from "./start.ts";

/** The kernel of this machine. */
export function libSystem(): MachKernel {
  return { ports: machPorts(), messageElsewhere: machMessageElsewhere() };
}

function startKeeper(): void {
  launchKeeper(runtime.scriptFromStdin(executable(), ["--allow-ffi"]), KEEPER);
}

let connection: Connection | undefined;

/** Opens a counter on Mach send rights. */
export function openMachCounter(name: string): RefCounter {
  connection ??= connect();
  return new MachCounter(name, connection);
}

function connect(): Connection {
  const user = processes().geteuid();
  const access: Access = { space: new Space(libSystem()), user, startKeeper };
  return new Connection(access);
}
