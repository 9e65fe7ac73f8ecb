// The directory of the records, and names as parts of paths in it.

import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { chmodSync, chownSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { ProcrefError, SystemError } from "@procref/procref/service";
import { RUNTIMES, test } from "../harness/mod.ts";
import { Local } from "./local.ts";
import { run } from "./script.ts";

/** Checks that acquire() throws, and that it started nothing and left nothing. */
async function refused(local: Local, directory: string): Promise<ProcrefError> {
  const before = tree(local.path);
  const service = local.service({ directory });
  const error = await assertRejects(() => service.acquire(), ProcrefError);
  assertEquals([local.launched(), tree(local.path)], [[], before]);
  assert(error.message.includes(directory), error.message);
  return error;
}

function tree(path: string): string[] {
  return readdirSync(path, { recursive: true }).map(String).sort();
}

test("the directory is made with mode 0700, and stays", async () => {
  await using local = new Local();
  await (await local.service().acquire()).release();
  const { statSync } = await import("node:fs");
  assertEquals(statSync(local.records).mode & 0o7777, 0o700);
});

test("a directory that belongs to somebody else is refused", async () => {
  await using local = new Local();
  mkdirSync(local.records, { mode: 0o700 });
  chownSync(local.records, 65534, 65534);
  const error = await refused(local, local.records);
  assertEquals(error.code, "unsafe_directory");
  assertMatch(error.message, /belongs to user 65534/);
});

for (const mode of [0o720, 0o702, 0o777, 0o1777]) {
  test(`a directory of mode ${mode.toString(8)} is refused: others could plant records`, async () => {
    await using local = new Local();
    mkdirSync(local.records);
    chmodSync(local.records, mode);
    const error = await refused(local, local.records);
    assertEquals(error.code, "unsafe_directory");
    assertMatch(error.message, new RegExp(`mode ${mode.toString(8)}`));
  });
}

test("a directory that others may read is the caller's choice", async () => {
  await using local = new Local();
  mkdirSync(local.records, { mode: 0o755 });
  await (await local.service().acquire()).release();
  assertEquals(readdirSync(local.records), []);
});

test("a directory whose parent is missing is refused with ENOENT", async () => {
  await using local = new Local();
  const error = await refused(local, `${local.path}/missing/records`);
  assert(error instanceof SystemError);
  assertEquals([error.syscall, error.errno], ["mkdir", 2]);
});

test("a file in the directory's place is refused", async () => {
  await using local = new Local();
  writeFileSync(local.records, "");
  const error = await refused(local, local.records);
  assertMatch(error.message, /not a directory/);
});

test("a directory below a file is refused with ENOTDIR", async () => {
  await using local = new Local();
  writeFileSync(`${local.path}/file`, "");
  const error = await refused(local, `${local.path}/file/records`);
  assert(error instanceof SystemError && error.errno === 20, error.message);
});

test("a link that leads nowhere in the directory's place is refused", async () => {
  await using local = new Local();
  symlinkSync("nowhere", local.records);
  assertMatch((await refused(local, local.records)).message, /not a directory/);
});

test("a path that is too long is refused with ENAMETOOLONG", async () => {
  await using local = new Local();
  const error = await refused(local, `${local.path}/${"x".repeat(300)}`);
  assert(error instanceof SystemError && error.errno === 36, error.message);
});

test("one directory by two paths is one directory: the service is shared", async () => {
  await using local = new Local();
  await using first = await local.service().acquire();
  symlinkSync(local.records, `${local.path}/link`);
  const detour = local.service({ directory: `${local.path}/link/../records/.` });
  await using second = await local.service({ directory: `${local.path}/link` }).acquire();
  await using third = await detour.acquire();
  assertEquals([second.pid, third.pid, detour.count()], [first.pid, first.pid, 3]);
});

for (const runtime of RUNTIMES) {
  test(`a directory that may not be written is refused at once (${runtime}, as another user)`, async () => {
    await using local = new Local();
    mkdirSync(local.records);
    for (const path of [local.path, local.records]) chownSync(path, 65534, 65534);
    chmodSync(local.records, 0o500);
    const args = [local.name, local.records, "own"];
    const as = { uid: 65534, home: local.path };
    const { output } = await run({ runtime, script: "once_client.ts", args, ...as });
    assertMatch(output, /"SystemError".*EACCES \(13\).*records/);
    assertEquals(readdirSync(local.records), []);
  });
}
