import { assert, assertEquals, assertThrows } from "@std/assert";
import { ERRNO, errnoName } from "../../ffi/errno.ts";
import { ProcrefError, SystemError } from "../../ffi/errors.ts";
import { bindStacked, checked, cstring, errno, FILES, files, processes } from "../../ffi/libc.ts";

import { POSIX } from "../../ffi/numbers/mod.ts";
import type { Bound } from "../../ffi/types.ts";
import { LIBC_FILES, native } from "../../ffi/mod.ts";
import { noting } from "../../ffi/noting.ts";
import { test } from "../harness/mod.ts";

const NONBLOCK = 0o4000;

// A library that is bound during a test counts as leaked to Deno's sanitizer; so these are bound before.
const TABLE = {
  getpid: { args: [], returns: "i32" },
  no_such_function: { args: [], returns: "i32", optional: true },
  __errno_location: { args: [], returns: "address" },
  access: { args: ["buffer", "i32"], returns: "i32" },
} as const;
const opened = native.open(["libnone.so.0", ...LIBC_FILES], TABLE);
const usleep = native.openElsewhere(LIBC_FILES, "usleep", { args: ["u32"], returns: "i32" });

/** A nonblocking pipe, closed at the end of its scope. */
function pipe(): { readonly readEnd: number; closeWriteEnd(): void } & Disposable {
  const ends = new Int32Array(2);
  checked(files().pipe2(ends, NONBLOCK | 0o2000000), "pipe2");
  const [readEnd = -1, writeEnd = -1] = ends;
  let open = true;
  const closeWriteEnd = () => {
    if (open) files().close(writeEnd);
    open = false;
  };
  return {
    readEnd,
    closeWriteEnd,
    [Symbol.dispose]() {
      closeWriteEnd();
      files().close(readEnd);
    },
  };
}

const stackedFcntl = bindStacked("fcntl", FILES.fcntl) as Bound<typeof FILES.fcntl>;

test("a variadic function whose arguments are on the stack as well gets them where they belong", () => {
  using ends = pipe();
  const { F_GETFD, F_SETFD, FD_CLOEXEC } = POSIX;
  const seen = [0, FD_CLOEXEC].map((value) => {
    stackedFcntl(ends.readEnd, F_SETFD, value);
    return stackedFcntl(ends.readEnd, F_GETFD, 0);
  });
  assertEquals(seen, [0, FD_CLOEXEC]);
});

test("a call that fails becomes a SystemError with the errno's name and the call", () => {
  const result = files().open(cstring("/no/such/file"), 0, 0);
  const error = assertThrows(() => checked(result, "open", "for the test"), SystemError);
  assertEquals([error.errno, error.syscall, error.code], [ERRNO.ENOENT, "open", "system"]);
  assertEquals(error.message, "open: ENOENT (2): no such file or object for the test");
  assertEquals(JSON.parse(JSON.stringify(error)).errno, 2);
});

test("errno is that of the call, whatever the runtime does on the thread after it", () => {
  // As V8 does when it collects garbage: system calls that this module knows nothing of.
  assertEquals(files().close(-1), -1);
  assertEquals(opened.access(cstring("/no/such/file"), 0), -1);
  assertEquals(errnoName(errno()), "EBADF");
});

test("errno is right after each of 100,000 failing calls, under garbage collection", () => {
  const missing = cstring("/no/such/file");
  let garbage: unknown[] = [];
  for (let i = 0; i < 50_000; i++) {
    garbage.push(new Uint8Array(64));
    if (garbage.length > 1000) garbage = [];
    assertEquals(files().close(-1), -1);
    if (errno() !== ERRNO.EBADF) throw new Error(`close: ${errnoName(errno())}`);
    assertEquals(files().open(missing, 0, 0), -1);
    if (errno() !== ERRNO.ENOENT) throw new Error(`open: ${errnoName(errno())}`);
  }
});

test("an unknown errno is still a number in the message", () => {
  assertEquals(new SystemError("call", 4095).message, "call: errno 4095 (4095): unknown error");
});

test("the first library that exists is opened, and none is a typed error", () => {
  assertEquals(opened.getpid(), processes().getpid());
  const error = assertThrows(() => native.open(["libnone.so.0"], TABLE), ProcrefError);
  assertEquals(error.code, "not_found");
});

test("an optional function that is missing is undefined", () => {
  assert(!opened.no_such_function);
  assertEquals(noting(opened.no_such_function, 0, new Int32Array(1), { value: 0 }), undefined);
});

test("a descriptor's wait resolves true when its other end is closed", async () => {
  using ends = pipe();
  const waiting = native.whenReadable(ends.readEnd);
  ends.closeWriteEnd();
  assertEquals(await waiting.done, true);
});

test("a descriptor's wait is cancelled at once, and the descriptor stays open", async () => {
  using ends = pipe();
  const waiting = native.whenReadable(ends.readEnd);
  waiting.cancel();
  assertEquals(await waiting.done, false);
  waiting.cancel();
  assertEquals(files().read(ends.readEnd, new Uint8Array(1), 1), -1);
  assertEquals(errno(), ERRNO.EAGAIN);
});

test("a wait that begins in the turn in which all others end hears of its event", async () => {
  using ends = pipe();
  ends.closeWriteEnd();
  for (let round = 0; round < 100; round++) {
    const first = native.whenReadable(ends.readEnd).done;
    const second = usleep(round * 10).then(() => native.whenReadable(ends.readEnd).done);
    // Both the first wait and the sleep are over when the event loop goes on, in either order.
    for (const end = performance.now() + 2; performance.now() < end;);
    assertEquals(await Promise.all([first, second]), [true, true]);
  }
});

test("300 waits at once block neither the event loop nor each other", async () => {
  const pipes = Array.from({ length: 300 }, pipe);
  const waits = pipes.map(({ readEnd }) => native.whenReadable(readEnd));
  let ticks = 0;
  const timer = setInterval(() => ticks++, 1);
  await new Promise<void>((resolve) => {
    const look = () => ticks >= 10 ? resolve() : setTimeout(look, 1);
    look();
  });
  clearInterval(timer);
  for (const one of pipes) one.closeWriteEnd();
  assertEquals(await Promise.all(waits.map(({ done }) => done)), waits.map(() => true));
  for (const one of pipes) one[Symbol.dispose]();
});

test("a call elsewhere leaves the event loop free", async () => {
  let returned = false;
  const calls = Promise.all([usleep(50_000), usleep(50_000)]).then((results) => {
    returned = true;
    return results;
  });
  let ticks = 0;
  while (!returned && ticks < 5) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    ticks++;
  }
  assertEquals(ticks, 5, "timers ran while the calls were under way");
  assertEquals(await calls, [0, 0]);
});

test("memory at an address is seen, not copied", () => {
  const address = opened.__errno_location();
  assert(address !== null);
  const view = new Int32Array(native.view(address, 4));
  files().close(-1);
  assertEquals(view[0], ERRNO.EBADF);
  files().open(cstring("/no/such/file"), 0, 0);
  assertEquals(view[0], ERRNO.ENOENT);
});

test("the address of a buffer is where the kernel finds its bytes", () => {
  const name = cstring("/proc/self/stat");
  const pointer = new BigUint64Array([native.addressOf(name)]);
  assertEquals(pointer[0], native.addressOf(name));
  assert((pointer[0] ?? 0n) > 0n);
});
