// The program of a keeper: the bundle of this file is what runs as a process of its own.

import { processes } from "../../../ffi/libc.ts";
import { machMessageElsewhere, machPorts } from "../../../ffi/libsystem.ts";
import { close } from "../../file/posix.ts";
import { runtime } from "../../runtime/mod.ts";
import { Keeper } from "./keeper.ts";
import { serviceName } from "./protocol.ts";
import { Space } from "./space.ts";

const READY = 3;
const PATIENCE = 1000; // ms; a keeper that is needed again soon need not be started again

const user = processes().geteuid();
const space = new Space({ ports: machPorts(), messageElsewhere: machMessageElsewhere() });
const service = space.checkIn(serviceName(user));
// Whoever started it reads the end of the file now, and finds it, or the one that was first.
close(READY);
if (service !== undefined) {
  const keeper = new Keeper(space, service, user, PATIENCE);
  while (keeper.turn());
}
runtime.exit();
