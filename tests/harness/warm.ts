// Functions are bound at the first call and stay bound. Deno's sanitizer would blame the test that happens to make
// that call for a leak, so all of them are bound before the first test.

import * as libc from "../../ffi/libc.ts";
import * as libcBirth from "../../ffi/libc_birth.ts";
import * as libcChildren from "../../ffi/libc_children.ts";
import * as libcDaemon from "../../ffi/libc_daemon.ts";
import * as libcMemory from "../../ffi/libc_memory.ts";
import * as libcSockets from "../../ffi/libc_sockets.ts";
import * as libcSpawn from "../../ffi/libc_spawn.ts";
import * as libsystem from "../../ffi/libsystem.ts";
import { UnsupportedError } from "../../ffi/errors.ts";
import { native } from "../../ffi/mod.ts";
import { POSIX } from "../../ffi/numbers/mod.ts";
import { platform } from "../../ffi/platform.ts";
import { pipe } from "../../src/file/descriptors.ts";

const groups = [
  libc.ipc,
  libc.processes,
  libc.files,
  libc.statuses,
  libc.environment,
  libcBirth.birth,
  libcChildren.children,
  libcChildren.trees,
  libcDaemon.daemons,
  libcMemory.memory,
  libcSpawn.spawning,
  libcSpawn.watching,
  libcSockets.sockets,
  libcMemory.futexWaiting,
  libcMemory.futexWaking,
  libcMemory.scheduling,
  libcMemory.futexWaitvHere,
  libsystem.darwinFiles,
  libsystem.darwinProcesses,
  libsystem.darwinAddresses,
  libsystem.machPorts,
];
for (const group of groups) {
  for (const name of Object.getOwnPropertyNames(group())) {
    try {
      void Reflect.get(group(), name);
    } catch (error) {
      // Another system's function.
      if (!(error instanceof UnsupportedError)) throw error;
    }
  }
}
if (platform === "linux") {
  libc.semtimedopElsewhere();
  libcMemory.futexWaitvElsewhere();
} else libsystem.machMessageElsewhere();
libc.errno();

// The first wait for a descriptor makes the poller: an end of file is one to wait for.
const { readEnd, writeEnd } = pipe();
libc.files().fcntl(readEnd, POSIX.F_SETFL, POSIX.O_NONBLOCK);
const waiting = native.whenReadable(readEnd);
libc.files().close(writeEnd);
await waiting.done;
libc.files().close(readEnd);
