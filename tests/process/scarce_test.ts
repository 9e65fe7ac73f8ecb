// What fails half-way for want of descriptors gives back those that it has.

import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { readdirSync, writeFileSync } from "node:fs";
import { SystemError } from "../../src/process/mod.ts";
import { checked, files } from "../../ffi/libc.ts";
import { children } from "../../ffi/libc_children.ts";
import { POSIX } from "../../ffi/numbers/mod.ts";
import { follow } from "../../src/file/follow.ts";
import { close, OPEN, open } from "../../src/file/posix.ts";
import { launch } from "../../src/process/launch.ts";
import { temporaryDirectory, test } from "../harness/mod.ts";

const RLIMIT_NOFILE = 7;

function descriptors(): string[] {
  return readdirSync("/proc/self/fd");
}

function prlimit(soft: bigint): bigint {
  const old = new BigUint64Array(2);
  checked(children().prlimit(0, RLIMIT_NOFILE, null, old), "prlimit");
  const limit = new BigUint64Array([soft, old[1] ?? 0n]);
  checked(children().prlimit(0, RLIMIT_NOFILE, limit, null), "prlimit");
  return old[0] ?? 0n;
}

/** Runs something while only one descriptor of this number or above is to be had. */
function withOneLeft<T>(from: number, body: () => T): T {
  let free = from;
  while (files().fcntl(free, POSIX.F_GETFD, 0) !== -1) free++;
  const before = prlimit(BigInt(free + 1));
  try {
    return body();
  } finally {
    prlimit(before);
  }
}

test("launch() that has no descriptor left leaves none open", () => {
  const nothing = open("/dev/null", OPEN.readOnly);
  const order = {
    command: ["true"],
    environment: {},
    directory: "/",
    stdin: nothing,
    descriptors: { 3: nothing },
  };
  const before = descriptors().length;
  const error = assertThrows(() => withOneLeft(64, () => launch(order)), SystemError);
  assertEquals([error.syscall, descriptors().length], ["fcntl", before]);
  close(nothing);
});

test("follow() that has no descriptor left leaves none open", async () => {
  using directory = temporaryDirectory();
  const path = `${directory.path}/log`;
  writeFileSync(path, "");
  // What is bound at its first use is bound before.
  await follow(path, 0, AbortSignal.abort()).next();
  const before = descriptors().length;
  const signal = new AbortController().signal;
  const first = withOneLeft(0, () => follow(path, 0, signal).next());
  const error = await assertRejects(() => first, SystemError);
  assertEquals([error.syscall, descriptors().length], ["inotify_init1", before]);
});
