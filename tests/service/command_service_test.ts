// commandService: what a program is given, what is said when it cannot be run, and that all of it goes.

import { assertEquals, assertMatch, assertNotEquals, assertRejects } from "@std/assert";
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { ProcrefError } from "@procref/procref/service";
import { pathsOf } from "../../src/service/record/store.ts";
import { eventually, test } from "../harness/mod.ts";
import { Program } from "./program.ts";

const NOTHING = { count: 0, files: [], living: [] };

test("a program that is not there is told by name at once, with the PATH it was looked for in", async () => {
  await using program = new Program({
    command: ["no-such-program"],
    env: { PATH: "/usr/bin:/bin" },
  });
  const error = await assertRejects(() => program.service.acquire(), ProcrefError);
  assertEquals(error.code, "not_found");
  assertMatch(error.message, /"no-such-program" in \/usr\/bin:\/bin/);
  assertEquals(program.remains(), NOTHING);
});

test("a program that may not be executed is told like one that is not there", async () => {
  await using program = new Program({ command: ["/etc/passwd"] });
  const error = await assertRejects(() => program.service.acquire(), ProcrefError);
  assertEquals([error.code, program.remains()], ["not_found", NOTHING]);
});

test("a working directory that is not there is told by name", async () => {
  await using program = new Program({ command: ["sleep", "1000"], cwd: "/no/such/place" });
  const error = await assertRejects(
    () => program.service.acquire(),
    ProcrefError,
    "/no/such/place",
  );
  assertEquals([error.code, program.remains()], ["not_found", NOTHING]);
});

test("the program gets its arguments as they are, its directory, its variables and no input", async () => {
  const script = 'printf "%s|" "$@" "$PWD" "$GREETING" "$(cat)"; exec sleep 1000';
  const words = ["two words", "'quotes\"", "$(id)", "", "*", "-x", "{port}"];
  await using program = new Program({
    command: ["sh", "-c", script, "sh", ...words],
    cwd: "/usr",
    env: { GREETING: "hello {port}" },
    port: 4711,
    log: "LOG",
    ready: { line: "|hello" },
  });
  await using handle = await program.service.acquire();
  const expected = [...words.slice(0, -1), "4711", "/usr", "hello 4711", "", ""].join("|");
  await eventually(() => readFileSync(program.log, "utf8") === expected);
  assertEquals(handle.port, 4711);
});

test("the program is in a session of its own and inherits no descriptor but its log", async () => {
  await using program = new Program({
    command: ["sh", "-c", "echo up; exec sleep 1000"],
    ready: { line: "up" },
  });
  await using handle = await program.service.acquire();
  await eventually(() => readFileSync(`/proc/${handle.pid}/comm`, "utf8") === "sleep\n");
  const open = readdirSync(`/proc/${handle.pid}/fd`).map((descriptor) =>
    readlinkSync(`/proc/${handle.pid}/fd/${descriptor}`)
  );
  const { log } = pathsOf(program.records, program.name);
  assertEquals(new Set(open), new Set(["/dev/null", log]));
  const stat = readFileSync(`/proc/${handle.pid}/stat`, "utf8");
  const own = readFileSync("/proc/self/stat", "utf8");
  assertNotEquals(sessionOf(stat), sessionOf(own));
});

test("the program runs as the user and group that are asked for", async () => {
  await using program = new Program({
    command: ["sh", "-c", "id -u; id -g; exec sleep 1000"],
    uid: 65534,
    gid: 65534,
    log: "LOG",
    ready: { line: /65534/ },
  });
  const handle = await program.service.acquire();
  await eventually(() => readFileSync(program.log, "utf8") === "65534\n65534\n");
  await handle.release();
  assertEquals(program.remains(), NOTHING);
});

test("output is appended to the log that is named, which stays", async () => {
  await using program = new Program({
    command: ["sh", "-c", "echo out; echo err >&2; echo up; exec sleep 1000"],
    log: "LOG",
    ready: { line: "up" },
  });
  writeFileSync(program.log, "before\n");
  await (await program.service.acquire()).release();
  assertEquals(readFileSync(program.log, "utf8"), "before\nout\nerr\nup\n");
});

test("without a log the output lies beside the record, mode 0600, and goes with it", async () => {
  await using program = new Program({
    command: ["sh", "-c", "echo up; exec sleep 1000"],
    ready: { line: "up" },
  });
  const handle = await program.service.acquire();
  const { log } = pathsOf(program.records, program.name);
  assertEquals([readFileSync(log, "utf8"), statSync(log).mode & 0o777], ["up\n", 0o600]);
  await handle.release();
  assertEquals(program.remains(), NOTHING);
});

test("a log that cannot be opened fails the start with its path", async () => {
  await using program = new Program({ command: ["sleep", "1000"], log: "/no/such/place/log" });
  const error = await assertRejects(
    () => program.service.acquire(),
    ProcrefError,
    "/no/such/place/log",
  );
  assertEquals([error.code, program.remains()], ["system", NOTHING]);
});

for (const kind of ["log", "token"] as const) {
  test(`a link in the place of a service's own ${kind} file is not written through`, async () => {
    await using program = new Program({ command: ["sh", "-c", "echo up; exec sleep 1000"] });
    mkdirSync(program.records, { mode: 0o700 });
    writeFileSync(`${program.path}/target`, "untouched");
    symlinkSync("../target", pathsOf(program.records, program.name)[kind]);
    const handle = await program.service.acquire().catch(() => undefined);
    await handle?.release();
    assertEquals(readFileSync(`${program.path}/target`, "utf8"), "untouched");
  });
}

function sessionOf(stat: string): number {
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[3]);
}
