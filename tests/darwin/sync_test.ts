// What is different about shared memory on macOS; tests/sync has the rest.

import { assertEquals } from "@std/assert";
import { Mutex, Semaphore, SharedArray } from "@procref/procref/sync";
import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { pid } from "node:process";
import { darwinAddresses } from "../../ffi/libsystem.ts";
import { bootSession, userDirectory } from "../../src/file/darwin.ts";
import { wake, word } from "../../src/sync/darwin/channel.ts";
import { sweep } from "../../src/sync/darwin/place.ts";
import { freshName } from "../sync/stage.ts";
import { macTest, RUNTIMES, start, uniqueName } from "../harness/mod.ts";

const NOBODY = 2 ** 22 - 1; // no process has this number

macTest("what an earlier boot or a killed maker has left is removed, and nothing else", () => {
  const start = `${userDirectory()}procref-shared-`;
  const boot = bootSession().slice(0, 8);
  const stale = [`${start}00000000-0-mutex-1`, `${start}${boot}.draft.${NOBODY}.1`];
  const kept = [`${start}${boot}-0-mutex-1`, `${start}${boot}.draft.${pid}.1`];
  for (const path of [...stale, ...kept]) writeFileSync(path, "");
  sweep();
  assertEquals([...stale, ...kept].map(existsSync), [false, false, true, true]);
  for (const path of kept) rmSync(path);
});

macTest("an object is one file, which goes with its name", () => {
  const name = uniqueName("file");
  const files = () =>
    readdirSync(userDirectory()).filter((one) => one.startsWith("procref-shared"));
  const before = files();
  const mutex = Mutex.open(name);
  assertEquals(files().length, before.length + 1);
  mutex.close();
  Mutex.unlink(name);
  assertEquals(files(), before);
});

const BLOCKER = new URL("blocker.ts", import.meta.url);

for (const runtime of RUNTIMES) {
  macTest(`a thread that blocks is woken by another process (${runtime})`, async () => {
    using fresh = freshName("woken");
    using array = SharedArray.open(fresh.name, Int32Array, 1);
    array.set(0, -5); // as a word whose highest bit is a flag
    await using blocker = start(runtime, BLOCKER, { args: ["block", fresh.name] });
    const timer = setInterval(() => wake(word(array.values, 0)), 5);
    try {
      assertEquals(await blocker.line(), "woken");
    } finally {
      clearInterval(timer);
    }
  });

  macTest(`from macOS 14.4 on, a thread that blocks takes no descriptor (${runtime})`, async () => {
    using fresh = freshName("scarce");
    using _semaphore = Semaphore.open(fresh.name, { initial: 0 });
    const under = ["sh", "-c", 'ulimit -n 256; exec "$@"', "sh"];
    await using blocker = start(runtime, BLOCKER, { args: ["scarce", fresh.name], under });
    const waits = darwinAddresses().os_sync_wait_on_address_with_timeout !== undefined;
    assertEquals(await blocker.line(), waits ? "TimeoutError" : "SystemError");
  });
}
