import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import process from "node:process";
import {
  daemonStatus,
  identify,
  isPidFileAlive,
  kill,
  LockedError,
  lockPidFile,
  type ProcrefError,
  readPidFile,
  removePidFile,
  stopDaemon,
  waitForExit,
  writePidFile,
} from "@procref/procref";
import { platform } from "../../ffi/platform.ts";
import { OWN, start, temporaryDirectory, test } from "../harness/mod.ts";
import { stoppedAt } from "./stage.ts";

const HOLDER = new URL("./holder.ts", import.meta.url);
const NOBODY = 2 ** 31 - 1; // larger than any pid_max

/** The code of the error that a call rejects with. */
async function codeOf(call: () => Promise<unknown>): Promise<string> {
  const error = await call().then(() => undefined, (error: ProcrefError) => error);
  return error?.code ?? "none";
}

/** The code of the error that a call throws. */
function thrownCode(call: () => unknown): string {
  const { code } = assertThrows(call) as ProcrefError;
  return code;
}

/** A process that is only there to be named. */
function sleeper(): { pid: number; end(): Promise<void> } {
  const child = spawn("sleep", ["1000"], { stdio: "ignore" });
  const pid = child.pid ?? 0;
  return {
    pid,
    end: async () => {
      kill(pid);
      await waitForExit(pid);
      await new Promise((resolve) => setTimeout(resolve, 20)); // until the runtime has reaped it
    },
  };
}

test("a pid file gives back what was written, from 0 to 2^32 - 1", async () => {
  using directory = temporaryDirectory();
  const path = `${directory.path}/daemon.pid`;
  for (const pid of [0, 1, process.pid, NOBODY, 2 ** 32 - 1]) {
    await writePidFile(path, pid);
    assertEquals(await readPidFile(path), pid);
  }
  await writePidFile(new URL(`file://${path}`), 7);
  assertEquals(await readPidFile(path), 7);
  await removePidFile(path);
  assertEquals(existsSync(path), false);
});

test("what is no pid is refused before anything is written", async () => {
  using directory = temporaryDirectory();
  const path = `${directory.path}/daemon.pid`;
  for (const pid of [-1, 1.5, NaN, Infinity, 2 ** 32]) {
    await assertRejects(() => writePidFile(path, pid), RangeError);
  }
  await assertRejects(() => writePidFile(path, "7" as unknown as number), TypeError);
  await assertRejects(() => writePidFile("", 7), TypeError);
  await assertRejects(() => writePidFile("a\0b", 7), TypeError);
  await assertRejects(() => readPidFile(new URL("http://host/daemon.pid")), TypeError);
  assertEquals(existsSync(path), false);
});

test("a number may be padded; anything else is corrupt, and the message shows it", async () => {
  using directory = temporaryDirectory();
  const path = `${directory.path}/daemon.pid`;
  for (const text of ["42", "42\n", "  42  \n\n", "\t42\r\n", "0042", "42\nstart=77\n"]) {
    writeFileSync(path, text);
    assertEquals(await readPidFile(path), 42, JSON.stringify(text));
  }
  for (
    const text of ["", " \n", "x", "42x", "-1", "4 2", "1.5", "0x2a", "4294967296", "9".repeat(400)]
  ) {
    writeFileSync(path, text);
    assertEquals(await codeOf(() => readPidFile(path)), "corrupt", JSON.stringify(text));
    assertEquals(await codeOf(() => isPidFileAlive(path)), "corrupt");
    assertEquals(await daemonStatus(path), { running: false, stale: true });
  }
  writeFileSync(path, "forty-two");
  await assertRejects(() => readPidFile(path), Error, "forty-two");
});

test("what is missing, forbidden or no file has an error of its own", async () => {
  using directory = temporaryDirectory();
  const { path } = directory;
  const missing = `${path}/missing/daemon.pid`;
  assertEquals(await codeOf(() => readPidFile(`${path}/daemon.pid`)), "not_found");
  assertEquals(await codeOf(() => isPidFileAlive(`${path}/daemon.pid`)), "not_found");
  assertEquals(await codeOf(() => removePidFile(`${path}/daemon.pid`)), "not_found");
  for (const call of [readPidFile, removePidFile, (file: string) => writePidFile(file, 1)]) {
    assertEquals(await codeOf(() => call(missing)), "not_found");
    assertEquals(await codeOf(() => call(path)), "not_a_file");
    assertEquals(await codeOf(() => call("/proc/version/daemon.pid")), "not_found");
  }
  assertEquals(thrownCode(() => lockPidFile(missing)), "not_found");
  assertEquals(thrownCode(() => lockPidFile(path)), "not_a_file");
  assertEquals(thrownCode(() => lockPidFile("/proc/version/daemon.pid")), "not_found");
  // Not even root may make a file there, where there is such a place.
  if (platform === "linux") {
    assertEquals(await codeOf(() => writePidFile("/sys/daemon.pid", 1)), "permission_denied");
    assertEquals(thrownCode(() => lockPidFile("/sys/daemon.pid")), "permission_denied");
  }
  assertEquals(await codeOf(() => writePidFile("/proc/daemon.pid", 1)), "not_found");
  assertEquals(await codeOf(() => writePidFile("/dev/null", 1)), "not_a_file");
  assertEquals(await daemonStatus(missing), { running: false, stale: false });
  assertEquals(await stopDaemon(missing), "gone");
});

test("a symbolic link in the place of a pid file is refused, and its target stays as it is", async () => {
  using directory = temporaryDirectory();
  const [path, target] = [`${directory.path}/daemon.pid`, `${directory.path}/target`];
  writeFileSync(target, "precious");
  symlinkSync(target, path);
  assertEquals(thrownCode(() => lockPidFile(path)), "not_a_file");
  assertEquals(await codeOf(() => writePidFile(path, 1)), "not_a_file");
  assertEquals(await codeOf(() => readPidFile(path)), "not_a_file");
  assertEquals(await codeOf(() => daemonStatus(path)), "not_a_file");
  assertEquals(await codeOf(() => stopDaemon(path)), "not_a_file");
  assertEquals(readFileSync(target, "utf8"), "precious");
});

test("a process that merely has the pid now is not alive by its file, where that has a start time", async () => {
  using directory = temporaryDirectory();
  const path = `${directory.path}/daemon.pid`;
  const child = sleeper();
  await writePidFile(path, child.pid);
  assertEquals(await isPidFileAlive(path), true);
  // The same pid, of a process that has started at another time.
  writeFileSync(path, `${child.pid}\nstart=1\n`);
  assertEquals(await isPidFileAlive(path), false);
  assertEquals(await daemonStatus(path), { running: false, stale: true, pid: child.pid });
  assertEquals(await stopDaemon(path), "gone");
  assert(identify(child.pid) !== undefined, "it is not the daemon, so it must live");
  // A plain pid is read as well.
  writeFileSync(path, `${child.pid}`);
  assertEquals(await isPidFileAlive(path), true);
  assertEquals(await daemonStatus(path), { running: true, stale: false, pid: child.pid });
  await child.end();
  assertEquals(await isPidFileAlive(path), false);
  for (const pid of [0, NOBODY, 2 ** 32 - 1]) {
    await writePidFile(path, pid);
    assertEquals(await isPidFileAlive(path), false);
  }
});

test("a locked pid file names its process, and nobody else locks or overwrites it", async () => {
  using directory = temporaryDirectory();
  const path = `${directory.path}/daemon.pid`;
  using lock = lockPidFile(path);
  assertEquals([lock.path, lock.pid], [path, process.pid]);
  assertEquals(await readPidFile(path), process.pid);
  assertEquals(await daemonStatus(path), { running: true, stale: false, pid: process.pid });
  const refusal = assertThrows(() => lockPidFile(path), LockedError, String(process.pid));
  assertEquals([refusal.code, refusal.pid, refusal.path], ["locked", process.pid, path]);
  await assertRejects(() => writePidFile(path, 1), LockedError);
  lock.release();
  lock.release();
  assertEquals(readdirSync(directory.path), []);
  lockPidFile(path).release();
});

test("a relative path means the working directory of the call", () => {
  const directory = mkdtempSync(`${process.cwd()}/.procref-test-`);
  try {
    const name = directory.slice(process.cwd().length + 1);
    using lock = lockPidFile(`${name}/daemon.pid`);
    assertEquals(lock.path, `${directory}/daemon.pid`);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test("pitfall 1, look then lock: of twenty lockers one wins, and the others name it", async () => {
  using directory = temporaryDirectory();
  const path = `${directory.path}/daemon.pid`;
  await using holders = new AsyncDisposableStack();
  const programs = Array.from(
    { length: 20 },
    (_, index) => holders.use(start(index % 4 === 0 ? "deno" : "bun", HOLDER, { args: [path] })),
  );
  const lines = await Promise.all(programs.map((program) => program.line()));
  const winners = programs.filter((_, index) => lines[index] === "locked");
  assertEquals(winners.length, 1, lines.join("\n"));
  const [winner] = winners;
  assertEquals(
    lines.filter((line) => line !== "locked"),
    Array(19).fill(`refused by ${winner?.pid}`),
  );
});

for (const runtime of OWN) {
  test(`pitfall 2, truncate then lock: who is refused leaves the file as it was (${runtime})`, async () => {
    using directory = temporaryDirectory();
    const path = `${directory.path}/daemon.pid`;
    using _lock = lockPidFile(path);
    const before = readFileSync(path, "utf8");
    await using program = start(runtime, HOLDER, { args: [path] });
    assertEquals(await program.line(), `refused by ${process.pid}`);
    assertEquals(readFileSync(path, "utf8"), before);
  });

  test(`kill -9 of the holder frees the lock, and its file is stale (${runtime})`, async () => {
    using directory = temporaryDirectory();
    const path = `${directory.path}/daemon.pid`;
    const program = start(runtime, HOLDER, { args: [path] });
    assertEquals(await program.line(), "locked");
    assertEquals(await daemonStatus(path), { running: true, stale: false, pid: program.pid });
    program.signal("SIGKILL");
    await program.ended;
    assertEquals(await daemonStatus(path), { running: false, stale: true, pid: program.pid });
    using lock = lockPidFile(path);
    assertEquals(await readPidFile(path), lock.pid);
  });

  test(`a holder's children do not keep its lock (${runtime})`, async () => {
    using directory = temporaryDirectory();
    const path = `${directory.path}/daemon.pid`;
    const program = start(runtime, HOLDER, { args: [path, "with-child"] });
    const child = Number(await program.line());
    assertEquals(await program.line(), "locked");
    program.signal("SIGKILL");
    await program.ended;
    lockPidFile(path).release();
    kill(child);
    await waitForExit(child);
  });

  test(`the daemon of a pid file is stopped by its identity, and its file goes (${runtime})`, async () => {
    using directory = temporaryDirectory();
    const path = `${directory.path}/daemon.pid`;
    const program = start(runtime, HOLDER, { args: [path] });
    assertEquals(await program.line(), "locked");
    assertEquals(await stopDaemon(path), "terminated");
    assertEquals(await program.ended, "SIGTERM");
    assertEquals(readdirSync(directory.path), []);
    assertEquals(await stopDaemon(path), "gone");
  });
}

test("a daemon that ignores SIGTERM is killed after the timeout", async () => {
  using directory = temporaryDirectory();
  const path = `${directory.path}/daemon.pid`;
  const program = start("bun", HOLDER, { args: [path, "stubborn"] });
  assertEquals(await program.line(), "locked");
  assertEquals(await stopDaemon(path, { timeout: 50 }), "killed");
  await program.ended;
  await assertRejects(() => stopDaemon(path, { timeout: NaN }), RangeError);
});

test("a lock whose holder has not written its pid is waited for, then refused without one", async () => {
  using directory = temporaryDirectory();
  const path = `${directory.path}/daemon.pid`;
  const lock = lockPidFile(path);
  // It lives, but it is not who has the lock.
  const child = sleeper();
  writeFileSync(path, `${child.pid}\n`);
  assertEquals(assertThrows(() => lockPidFile(path), LockedError).pid, undefined);
  assertEquals(await daemonStatus(path), { running: true, stale: false });
  await assertRejects(() => stopDaemon(path, { timeout: 20 }), Error, "name itself");
  lock.release();
  await child.end();
});

test("a lock on a file that was removed meanwhile does not count", () => {
  using directory = temporaryDirectory();
  const path = `${directory.path}/daemon.pid`;
  const first = lockPidFile(path);
  rmSync(path);
  // Another file, so another lock. The first one must not remove it.
  using second = lockPidFile(path);
  first.release();
  assertEquals(existsSync(path), true);
  assertThrows(() => lockPidFile(path), LockedError);
  second.release();
});

for (const runtime of OWN) {
  test(`who opens the file that a holder is about to remove does not lock a ghost (${runtime})`, async () => {
    using directory = temporaryDirectory();
    const [path, flag] = [`${directory.path}/daemon.pid`, `${directory.path}/paused`];
    const first = lockPidFile(path);
    const env = { PROCREF_PAUSE: `daemon:opened ${flag}` };
    await using program = start(runtime, HOLDER, { args: [path], env });
    await stoppedAt(flag);
    // It has opened the first one's file, which goes now.
    first.release();
    using second = lockPidFile(path);
    program.signal("SIGCONT");
    assertEquals(await program.line(), `refused by ${second.pid}`);
  });
}

test("stopDaemon removes what is stale, and leaves alone what is no pid file", async () => {
  using directory = temporaryDirectory();
  const path = `${directory.path}/daemon.pid`;
  for (const text of ["", `${NOBODY}\n`]) {
    writeFileSync(path, text);
    assertEquals(await stopDaemon(path), "gone");
    assertEquals(existsSync(path), false);
  }
  writeFileSync(path, "my diary");
  assertEquals(await stopDaemon(path), "gone");
  assertEquals(readFileSync(path, "utf8"), "my diary");
  mkdirSync(`${directory.path}/folder`);
  assertEquals(await codeOf(() => stopDaemon(`${directory.path}/folder`)), "not_a_file");
});
