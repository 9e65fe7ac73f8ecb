// A library that is bound during a test counts as leaked to Deno's sanitizer; so all of them are bound before.

import * as libc from "../../ffi/libc.ts";
import * as libcChildren from "../../ffi/libc_children.ts";
import { watching } from "../../ffi/libc_watch.ts";
import { native } from "../../ffi/mod.ts";

libc.ipc();
libc.processes();
libc.files();
libc.spawning();
libc.environment();
libc.semtimedopElsewhere();
libc.errno();
watching();
libcChildren.children();
libcChildren.trees();

const ends = new Int32Array(2);
libc.files().pipe2(ends, 0o4000);
const waiting = native.whenReadable(ends[0] ?? -1);
libc.files().close(ends[1] ?? -1);
await waiting.done;
libc.files().close(ends[0] ?? -1);
