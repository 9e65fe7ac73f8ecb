// Libraries are bound at the first call that needs them and stay bound. Deno's sanitizer would blame the test
// that happens to make that call for a leak, so files of tests import this, which makes those calls before.

import { errno, files, ipc, processes, semtimedopElsewhere } from "../../ffi/libc.ts";
import { native } from "../../ffi/mod.ts";
import { pipe } from "../../src/file/descriptors.ts";
import { close } from "../../src/file/posix.ts";

ipc();
processes();
files();
errno();
semtimedopElsewhere();

// The first wait for a descriptor makes the poller: an end of file is one to wait for.
const { readEnd, writeEnd } = pipe();
close(writeEnd);
await native.whenReadable(readEnd).done;
close(readEnd);
