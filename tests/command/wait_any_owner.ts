// Waits for the first of two children, and has nothing more to do then. It prints the pid of the other.

import { SharedChild } from "@procref/procref/child";
import { waitAny } from "@procref/procref/command";

const slow = SharedChild.spawn("sleep", { args: ["60"], stdout: "null", stderr: "null" });
console.log(slow.pid);
console.log((await waitAny([slow, SharedChild.spawn("true")])).index);
