// What is different about shared memory on macOS; tests/sync has the rest.

import { assertEquals } from "@std/assert";
import { Mutex } from "@procref/procref/sync";
import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { pid } from "node:process";
import { bootSession, userDirectory } from "../../src/file/darwin.ts";
import { sweep } from "../../src/sync/darwin/place.ts";
import { macTest, uniqueName } from "../harness/mod.ts";

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
