// A record that cannot be trusted is told by status(), counts as absent, and is in nobody's way.

import { assert, assertEquals, assertMatch } from "@std/assert";
import { spawnSync } from "node:child_process";
import {
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { platform } from "node:process";
import { ProcrefError } from "@procref/procref/service";
import { pathsOf } from "../../src/service/record/store.ts";
import { posixTest, test } from "../harness/mod.ts";
import { Local, NOTHING } from "./local.ts";

/** A record as a running service of this name has it. */
async function genuine(local: Local): Promise<string> {
  const handle = await local.service().acquire();
  const text = readFileSync(recordOf(local), "utf8");
  await handle.release();
  return text;
}

function recordOf(local: Local): string {
  return pathsOf(local.records, local.name).record;
}

/** Changes fields of a record's text. */
function edited(text: string, changes: object): string {
  return JSON.stringify({ ...JSON.parse(text), ...changes });
}

const BAD: [string, RegExp, (path: string, text: string) => void][] = [
  ["empty", /is empty/, (path) => writeFileSync(path, "")],
  ["cut off", /not JSON/, (path, text) => writeFileSync(path, text.slice(0, text.length / 2))],
  ["not JSON", /not JSON/, (path) => writeFileSync(path, "# service = db\n")],
  ["not UTF-8", /./, (path) => writeFileSync(path, new Uint8Array([0xff, 0xfe, 0x80]))],
  ["another kind of JSON", /./, (path) => writeFileSync(path, "[1, 2, 3]")],
  ["null", /not an object/, (path) => writeFileSync(path, "null")],
  [
    "of another format",
    /format is 2/,
    (path, text) => writeFileSync(path, edited(text, { format: 2 })),
  ],
  [
    "of another boot or container",
    /reboot|container/,
    (path, text) => writeFileSync(path, edited(text, { host: "another" })),
  ],
  [
    "in an unknown state",
    /state/,
    (path, text) => writeFileSync(path, edited(text, { state: "fine" })),
  ],
  [
    "one with an impossible pid",
    /pid/,
    (path, text) => writeFileSync(path, edited(text, { info: { pid: 2 ** 40 } })),
  ],
  ["one with an impossible guardian", /pid/, (path, text) => {
    const guardian = { pid: 2 ** 40, startTime: "1", inode: "1" };
    writeFileSync(path, edited(text, { guardian }));
  }],
  ["one with an impossible port", /port/, (path, text) => {
    const { info } = JSON.parse(text);
    writeFileSync(path, edited(text, { info: { ...info, port: "none" } }));
  }],
  [
    "one with an impossible date",
    /startedAt/,
    (path, text) => writeFileSync(path, text.replace(/"startedAt": \d+/, '"startedAt": 1e300')),
  ],
  ["huge", /larger than/, (path, text) => {
    writeFileSync(path, text);
    truncateSync(path, 2 ** 32);
  }],
  ["a directory", /not a regular file/, (path) => mkdirSync(path)],
  [
    "a directory with something in it",
    /not a regular file/,
    (path) => mkdirSync(`${path}/full`, { recursive: true }),
  ],
];

if (platform === "linux") {
  BAD.push(
    ["a FIFO", /not a regular file/, (path) => mkfifo(path)],
    ["someone else's", /user 65534/, (path, text) => {
      writeFileSync(path, text);
      chownSync(path, 65534, 65534);
    }],
  );
}

for (const [what, problem, make] of BAD) {
  test(`a record that is ${what} is told by status() and counts as absent`, async () => {
    await using local = new Local();
    make(recordOf(local), await genuine(local));
    const status = await local.status();
    assertMatch(status.problem ?? "none", problem);
    assertEquals([status.state, status.count, status.info], ["absent", 0, undefined]);
  });

  test(`a record that is ${what} is in nobody's way: acquire() works or says why not, nothing is left`, async () => {
    await using local = new Local();
    make(recordOf(local), await genuine(local));
    const starts = local.launched().length;
    const handle = await local.service().acquire().catch((error: unknown) => {
      // A directory cannot be replaced by a file; that has to be said.
      assert(error instanceof ProcrefError && what.includes("directory"), String(error));
      return undefined;
    });
    if (handle !== undefined) {
      assertEquals(local.living(), [handle.pid]);
      assertEquals(local.launched().length, starts + 1);
      assertEquals([await local.status().then(({ problem }) => problem)], [undefined]);
      await handle.release();
      assertEquals(local.remains(), NOTHING);
    } else {
      assertEquals([local.service().count(), local.living()], [0, []]);
      assertEquals(readdirSync(local.records), [recordOf(local).split("/").at(-1)]);
    }
  });
}

for (const kind of ["record", "temporary", "token", "log"] as const) {
  posixTest(`a symbolic link in the place of the ${kind} file is never followed`, async () => {
    await using local = new Local();
    const target = `${local.path}/target`;
    const text = await genuine(local);
    writeFileSync(target, text);
    symlinkSync(target, pathsOf(local.records, local.name)[kind]);
    if (kind === "record") assertMatch((await local.status()).problem ?? "", /not a regular file/);
    assertEquals((await local.status()).state, "absent");
    const handle = await local.service().acquire().catch((error: unknown) => {
      assert(error instanceof ProcrefError && kind === "token", String(error));
    });
    assertEquals(readFileSync(target, "utf8"), text);
    await handle?.release();
    assertEquals(readFileSync(target, "utf8"), text);
    assert(lstatSync(target).isFile());
    assertEquals([local.living(), local.service().count()], [[], 0]);
  });
}

test("what a dead writer left in the place of the temporary file is replaced", async () => {
  await using local = new Local();
  const record = await genuine(local);
  writeFileSync(pathsOf(local.records, local.name).temporary, record.slice(0, 100));
  await (await local.service().acquire()).release();
  assertEquals(local.remains(), NOTHING);
});

posixTest("a record of a process that is dead since is recovered from, not believed", async () => {
  await using local = new Local();
  writeFileSync(recordOf(local), await genuine(local));
  assertMatch((await local.status()).problem ?? "", /is gone/);
  await using handle = await local.service().acquire();
  assertEquals(local.living(), [handle.pid]);
});

test("a record whose pid belongs to another process by now: that one is never signalled", async () => {
  await using local = new Local();
  const text = await genuine(local);
  const { pid } = local.launch();
  const { info } = JSON.parse(text);
  writeFileSync(recordOf(local), edited(text, { info: { ...info, pid }, startTime: "1" }));
  const handle = await local.service().acquire();
  assertEquals(local.living(), [pid, handle.pid]);
  await handle.release();
  assertEquals(local.living(), [pid]);
});

test("a record that becomes garbage while the service runs: release() stops what the client knows", async () => {
  await using local = new Local();
  const handle = await local.service().acquire();
  writeFileSync(recordOf(local), "garbage");
  await handle.release();
  assertEquals(local.remains(), NOTHING);
});

test("a record that is removed while the service runs: release() stops the service all the same", async () => {
  await using local = new Local();
  const handle = await local.service().acquire();
  rmSync(recordOf(local));
  assert(!existsSync(recordOf(local)));
  await handle.release();
  assertEquals(local.remains(), NOTHING);
});

function mkfifo(path: string): void {
  assertEquals(spawnSync("mkfifo", [path]).status, 0);
}
