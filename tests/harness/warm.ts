// Functions are bound at the first call and stay bound. Deno's sanitizer would blame the test that happens to make
// that call for a leak, so all of them are bound before the first test.

import * as libc from "../../ffi/libc.ts";
import * as libcChildren from "../../ffi/libc_children.ts";
import * as libcDaemon from "../../ffi/libc_daemon.ts";
import * as libcMemory from "../../ffi/libc_memory.ts";
import { native } from "../../ffi/mod.ts";

const groups = [
  libc.ipc,
  libc.processes,
  libc.files,
  libc.statuses,
  libc.spawning,
  libc.watching,
  libc.sockets,
  libc.environment,
  libcChildren.children,
  libcChildren.trees,
  libcDaemon.daemons,
  libcMemory.memory,
  libcMemory.futexWaiting,
  libcMemory.futexWaking,
  libcMemory.futexWaitvHere,
];
for (const group of groups) {
  for (const name of Object.getOwnPropertyNames(group())) void Reflect.get(group(), name);
}
libc.semtimedopElsewhere();
libcMemory.futexWaitvElsewhere();
libc.errno();

// The first wait for a descriptor makes the poller: an end of file is one to wait for.
const ends = new Int32Array(2);
libc.files().pipe2(ends, 0o4000);
const waiting = native.whenReadable(ends[0] ?? -1);
libc.files().close(ends[1] ?? -1);
await waiting.done;
libc.files().close(ends[0] ?? -1);
