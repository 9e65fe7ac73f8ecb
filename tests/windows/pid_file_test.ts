import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import process from "node:process";
import { pathToFileURL } from "node:url";
import {
  daemonStatus,
  identify,
  isAlive,
  isPidFileAlive,
  LockedError,
  lockPidFile,
  type ProcrefError,
  readPidFile,
  removePidFile,
  stopDaemon,
  waitForExit,
  writePidFile,
} from "@procref/procref";
import { creation } from "../../ffi/windows/creation.ts";
import { wide } from "../../ffi/windows/kernel32.ts";
import { closeHandle } from "../../ffi/windows/ntdll.ts";
import { hasStopped } from "../../src/object/stop.ts";
import {
  eventually,
  OWN,
  type RuntimeName,
  start,
  suspend,
  temporaryDirectory,
  windowsTest as test,
} from "../harness/mod.ts";
import { end, idler, NO_PID } from "./children.ts";

const HOLDER = new URL("../daemon/holder.ts", import.meta.url);
const READ = 0x80000000;
const WRITE = 0x40000000;
const SHARE_READ = 1;
const OPEN_EXISTING = 3;

/** Opens a file as another program might. @returns 0 where it is refused. */
function opened(path: string, access: number, sharing: number): number {
  const { CreateFileW } = creation();
  const handle = CreateFileW(wide(path), access, sharing, null, OPEN_EXISTING, 0, null);
  return handle === -1 ? 0 : handle;
}

async function codeOf(call: () => Promise<unknown>): Promise<string> {
  const error = await call().then(() => undefined, (error: ProcrefError) => error);
  return error?.code ?? "none";
}

function thrownCode(call: () => unknown): string {
  const { code } = assertThrows(call) as ProcrefError;
  return code;
}

test("a pid file gives back what was written, from 0 to 2^32 - 1, by path and by file URL", async () => {
  using directory = temporaryDirectory();
  const path = `${directory.path}\\daemon.pid`;
  for (const pid of [0, 1, process.pid, NO_PID, 2 ** 32 - 1]) {
    await writePidFile(path, pid);
    assertEquals(await readPidFile(path), pid);
  }
  await writePidFile(pathToFileURL(path), 7);
  assertEquals(await readPidFile(path.replaceAll("\\", "/")), 7);
  await removePidFile(path);
  assertEquals(existsSync(path), false);
});

test("what is no pid or no path is refused before anything is written", async () => {
  using directory = temporaryDirectory();
  const path = `${directory.path}\\daemon.pid`;
  for (const pid of [-1, 1.5, NaN, Infinity, 2 ** 32]) {
    await assertRejects(() => writePidFile(path, pid), RangeError);
  }
  await assertRejects(() => writePidFile("", 7), TypeError);
  await assertRejects(() => writePidFile("a\0b", 7), TypeError);
  await assertRejects(() => readPidFile(new URL("http://host/daemon.pid")), TypeError);
  assertEquals(readdirSync(directory.path), []);
});

test("a number may be padded; anything else is corrupt, and nobody's daemon", async () => {
  using directory = temporaryDirectory();
  const path = `${directory.path}\\daemon.pid`;
  for (const text of ["42", "42\r\n", "  42  \n\n", "\t42\r\n", "0042", "42\r\nstart=77\r\n"]) {
    writeFileSync(path, text);
    assertEquals(await readPidFile(path), 42, JSON.stringify(text));
  }
  for (const text of ["", " \n", "x", "42x", "-1", "4 2", "4294967296", "9".repeat(400)]) {
    writeFileSync(path, text);
    assertEquals(await codeOf(() => readPidFile(path)), "corrupt", JSON.stringify(text));
    assertEquals(await daemonStatus(path), { running: false, stale: true });
  }
  writeFileSync(path, "forty-two");
  await assertRejects(() => readPidFile(path), Error, "forty-two");
});

test("what is missing or no file has an error of its own", async () => {
  using directory = temporaryDirectory();
  const { path } = directory;
  const missing = `${path}\\missing\\daemon.pid`;
  for (const call of [readPidFile, isPidFileAlive, removePidFile]) {
    assertEquals(await codeOf(() => call(`${path}\\daemon.pid`)), "not_found");
  }
  for (const call of [readPidFile, removePidFile, (file: string) => writePidFile(file, 1)]) {
    assertEquals(await codeOf(() => call(missing)), "not_found");
    assertEquals(await codeOf(() => call(path)), "not_a_file");
    assertEquals(await codeOf(() => call("NUL")), "not_a_file");
  }
  assertEquals([thrownCode(() => lockPidFile(missing)), thrownCode(() => lockPidFile(path))], [
    "not_found",
    "not_a_file",
  ]);
  assertEquals(await daemonStatus(missing), { running: false, stale: false });
  assertEquals(await stopDaemon(missing), "gone");
  assertEquals(await codeOf(() => stopDaemon(path)), "not_a_file");
});

test("a locked pid file names its process; nobody else locks, changes, moves or removes it", async () => {
  using directory = temporaryDirectory();
  const path = `${directory.path}\\daemon.pid`;
  using lock = lockPidFile(path);
  assertEquals([lock.path, lock.pid], [path, process.pid]);
  const { startTime } = identify(process.pid) ?? {};
  assertEquals(readFileSync(path, "utf8"), `${process.pid}\nstart=${startTime}\n`);
  assertEquals(await daemonStatus(path), { running: true, stale: false, pid: process.pid });
  const refusal = assertThrows(() => lockPidFile(path), LockedError, String(process.pid));
  assertEquals([refusal.code, refusal.pid, refusal.path], ["locked", process.pid, path]);
  await assertRejects(() => writePidFile(path, 1), LockedError);
  assertThrows(() => writeFileSync(path, "1"));
  assertThrows(() => renameSync(path, `${path}.old`));
  assertEquals(await codeOf(() => removePidFile(path)), "permission_denied");
  assertEquals(await readPidFile(path), process.pid);
  lock.release();
  lock.release();
  assertEquals(readdirSync(directory.path), []);
  lockPidFile(path).release();
});

test("a locked pid file is read by everybody, also by who lets nobody else write meanwhile", () => {
  using directory = temporaryDirectory();
  const path = `${directory.path}\\daemon.pid`;
  using _lock = lockPidFile(path);
  const reader = opened(path, READ, SHARE_READ);
  assert(reader !== 0);
  closeHandle(reader);
  const told = execFileSync("cmd.exe", ["/c", "type", path], { encoding: "utf8" });
  assertEquals(Number(told.split(/\r?\n/)[0]), process.pid);
});

test("an editor that keeps writers away is no daemon; one that writes is waited for", async () => {
  using directory = temporaryDirectory();
  const path = `${directory.path}\\daemon.pid`;
  writeFileSync(path, `${NO_PID}\n`);
  const reader = opened(path, READ, SHARE_READ);
  assertEquals(await daemonStatus(path), { running: false, stale: true, pid: NO_PID });
  setTimeout(() => closeHandle(reader), 30);
  await writePidFile(path, 7);
  const writer = opened(path, (READ | WRITE) >>> 0, SHARE_READ);
  assertEquals(await daemonStatus(path), { running: true, stale: false });
  assertEquals(assertThrows(() => lockPidFile(path), LockedError).pid, undefined);
  await assertRejects(() => stopDaemon(path, { timeout: 20 }), Error, "name itself");
  closeHandle(writer);
  assertEquals(await readPidFile(path), 7);
});

test("a process that merely has the pid now is not alive by its file, where that has a start time", async () => {
  using directory = temporaryDirectory();
  const path = `${directory.path}\\daemon.pid`;
  await using child = await idler();
  await writePidFile(path, child.pid);
  assertEquals(await isPidFileAlive(path), true);
  writeFileSync(path, `${child.pid}\nstart=1\n`);
  assertEquals(await isPidFileAlive(path), false);
  assertEquals(await daemonStatus(path), { running: false, stale: true, pid: child.pid });
  assertEquals(await stopDaemon(path), "gone");
  assert(identify(child.pid) !== undefined, "it is not the daemon, so it must live");
  writeFileSync(path, `${child.pid}`);
  assertEquals(await daemonStatus(path), { running: true, stale: false, pid: child.pid });
  end(child.pid);
  await waitForExit(child.pid);
  assertEquals(await isPidFileAlive(path), false);
  for (const pid of [0, NO_PID, 2 ** 32 - 1]) {
    await writePidFile(path, pid);
    assertEquals(await isPidFileAlive(path), false);
  }
});

test("of twelve lockers one wins, and the others name it", async () => {
  using directory = temporaryDirectory();
  const path = `${directory.path}\\daemon.pid`;
  await using holders = new AsyncDisposableStack();
  const runtimes = Array.from({ length: 12 }, (_, n): RuntimeName => n % 4 === 0 ? "deno" : "bun");
  const programs = runtimes.map((one) => holders.use(start(one, HOLDER, { args: [path] })));
  const lines = await Promise.all(programs.map((program) => program.line()));
  const winners = programs.filter((_, index) => lines[index] === "locked");
  assertEquals(winners.length, 1, lines.join("\n"));
  const refusals = lines.filter((line) => line !== "locked");
  assertEquals(refusals, Array(11).fill(`refused by ${winners[0]?.pid}`));
});

for (const runtime of OWN) {
  test(`kill of the holder frees the lock, its children do not keep it, and its file is stale (${runtime})`, async () => {
    using directory = temporaryDirectory();
    const path = `${directory.path}\\daemon.pid`;
    await using program = start(runtime, HOLDER, { args: [path, "with-child"] });
    const child = Number(await program.line());
    assertEquals(await program.line(), "locked");
    assertEquals(await daemonStatus(path), { running: true, stale: false, pid: program.pid });
    program.signal("SIGKILL");
    await program.ended;
    assertEquals(await daemonStatus(path), { running: false, stale: true, pid: program.pid });
    using lock = lockPidFile(path);
    assertEquals(await readPidFile(path), lock.pid);
    assert(isAlive(child));
    end(child);
    await waitForExit(child);
  });

  test(`the holder of a pid file is stopped by its identity, and its file goes (${runtime})`, async () => {
    using directory = temporaryDirectory();
    const path = `${directory.path}\\daemon.pid`;
    await using program = start(runtime, HOLDER, { args: [path] });
    assertEquals(await program.line(), "locked");
    assertEquals(await stopDaemon(path), "terminated");
    await program.ended;
    assertEquals(readdirSync(directory.path), []);
    assertEquals(await stopDaemon(path), "gone");
  });

  test(`one who has the file and has not named itself is waited for, and its death makes room (${runtime})`, async () => {
    using directory = temporaryDirectory();
    const [path, flag] = [`${directory.path}\\daemon.pid`, `${directory.path}\\paused`];
    const env = { PROCREF_PAUSE: `daemon:opened ${flag}` };
    await using program = start(runtime, HOLDER, { args: [path], env });
    await eventually(() => hasStopped(program.pid), 20_000);
    assertEquals(await daemonStatus(path), { running: true, stale: false });
    assertEquals(assertThrows(() => lockPidFile(path), LockedError).pid, undefined);
    suspend(program.pid, false);
    assertEquals(await program.line(), "locked");
    assertEquals((await daemonStatus(path)).pid, program.pid);
    program.signal("SIGKILL");
    await program.ended;
    lockPidFile(path).release();
  });
}

test("stopDaemon removes what is stale, and leaves alone what is no pid file", async () => {
  using directory = temporaryDirectory();
  const path = `${directory.path}\\daemon.pid`;
  for (const text of ["", `${NO_PID}\n`]) {
    writeFileSync(path, text);
    assertEquals(await stopDaemon(path), "gone");
    assertEquals(existsSync(path), false);
  }
  writeFileSync(path, "my diary");
  assertEquals(await stopDaemon(path), "gone");
  assertEquals(readFileSync(path, "utf8"), "my diary");
  rmSync(path);
  mkdirSync(path);
  assertEquals(await codeOf(() => stopDaemon(path)), "not_a_file");
});
