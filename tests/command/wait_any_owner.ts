// Waits for the first of two children, and has nothing more to do then. It prints the pid of the other.

import { SharedChild } from "@procref/procref/child";
import { waitAny } from "@procref/procref/command";
import { IDLE, NOTHING } from "./programs.ts";

const slow = SharedChild.spawn(IDLE.program, { args: IDLE.args, stdout: "null", stderr: "null" });
console.log(slow.pid);
const quick = SharedChild.spawn(NOTHING.program, { args: NOTHING.args });
console.log((await waitAny([slow, quick])).index);
