import { assert, assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import {
  PermissionError,
  ProcrefError,
  SharedChild,
  type SpawnOptions,
} from "@procref/procref/child";
import process from "node:process";
import { chmodSync, realpathSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { linuxTest, temporaryDirectory, test } from "../harness/mod.ts";

/** What a shell script prints when started with these options. */
async function printed(script: string, options: SpawnOptions = {}): Promise<string> {
  const child = SharedChild.spawn("/bin/sh", { ...options, args: ["-c", script], stdout: "piped" });
  const text = await new Response(child.takeStdout()).text();
  await child.wait();
  return text.trim();
}

test("environment: added to, or alone", async () => {
  assertEquals(await printed('echo "$A $HOME"', { env: { A: "1" } }), `1 ${process.env["HOME"]}`);
  assertEquals(await printed('echo "$A$HOME"', { env: { A: "1" }, clearEnv: true }), "1");
});

test("working directory, as a path and as a URL", async () => {
  using directory = temporaryDirectory();
  const path = realpathSync(directory.path);
  assertEquals(await printed("pwd", { cwd: path }), path);
  assertEquals(await printed("pwd", { cwd: pathToFileURL(path) }), path);
});

test("user, group and session", async () => {
  assertEquals(await printed("id -u; id -g", { uid: 65534, gid: 65533 }), "65534\n65533");
  const own = await printed("cut -d' ' -f6 /proc/self/stat; echo $$", { newSession: true });
  const [session, pid] = own.split("\n");
  assertEquals(session, pid);
});

test("argv0 is what the program takes for its name, alone and behind a launcher", async () => {
  const read = "tr '\\0' '\\n' </proc/$$/cmdline | head -1";
  assertEquals(await printed(read, { argv0: "renamed" }), "renamed");
  assertEquals(await printed(read, { argv0: "renamed", umask: 0o22 }), "renamed");
});

linuxTest(
  "umask, priorities, CPUs and limits hold before the program's first instruction",
  async () => {
    const script = "umask; cut -d' ' -f19 /proc/self/stat; ulimit -n; ulimit -Hn; " +
      "grep Cpus_allowed_list /proc/self/status | cut -f2";
    const options: SpawnOptions = {
      umask: 0o027,
      priority: 7,
      ioPriority: { class: "best-effort", level: 6 },
      affinity: [0],
      rlimits: { nofile: { soft: 50, hard: 60 } },
    };
    assertEquals(await printed(script, options), "0027\n7\n50\n60\n0");
  },
);

test("the same, with a user who may not do it himself", async () => {
  const script = "id -u; cut -d' ' -f19 /proc/self/stat";
  assertEquals(await printed(script, { uid: 65534, priority: -5 }), "65534\n-5");
});

linuxTest("ioPriority reaches the kernel", async () => {
  // ioprio_get(2) has no file in /proc; ionice reads it where it is installed.
  const text = await printed("command -v ionice >/dev/null && ionice -p $$ || echo skipped", {
    ioPriority: { class: "idle" },
  });
  assertMatch(text, /^(idle|skipped)$/);
});

test("a program that is not there: not_found, with what was searched", () => {
  const bare = assertThrows(() => SharedChild.spawn("no-such-program"), ProcrefError);
  assertEquals(bare.code, "not_found");
  assert(bare.message.includes(process.env["PATH"] ?? "?"), bare.message);
  const own = { env: { PATH: "/nowhere:/neither" } };
  const listed = assertThrows(() => SharedChild.spawn("sh", own), ProcrefError);
  assert(listed.message.includes("/nowhere:/neither"), listed.message);
  const path = assertThrows(() => SharedChild.spawn("/no/such/program"), ProcrefError);
  assertEquals(path.code, "not_found");
  assert(path.message.includes("/no/such/program"), path.message);
});

test("a script whose interpreter is not there: not_found, and it says which", () => {
  using directory = temporaryDirectory();
  const script = `${directory.path}/script`;
  writeFileSync(script, "#!/no/such/interpreter -x\n");
  chmodSync(script, 0o755);
  const error = assertThrows(() => SharedChild.spawn(script), ProcrefError);
  assertEquals(error.code, "not_found");
  assert(error.message.includes("/no/such/interpreter"), error.message);
});

test("a directory or a plain file as program: permission_denied", () => {
  using directory = temporaryDirectory();
  writeFileSync(`${directory.path}/data`, "no program");
  for (const path of [directory.path, `${directory.path}/data`]) {
    const error = assertThrows(() => SharedChild.spawn(path), PermissionError);
    assert(error.message.includes(path), error.message);
  }
});

test("a working directory that is missing, or none: not_found", () => {
  for (const cwd of ["/no/such/directory", "/etc/passwd"]) {
    const error = assertThrows(() => SharedChild.spawn("true", { cwd }), ProcrefError);
    assertEquals(error.code, "not_found");
    assert(error.message.includes(cwd), error.message);
  }
});

test("NUL in a program, argument, variable, directory or name: TypeError", () => {
  const bad: [string, SpawnOptions][] = [
    ["tr\0ue", {}],
    ["true", { args: ["a\0b"] }],
    ["true", { env: { A: "a\0b" } }],
    ["true", { env: { "A\0": "b" } }],
    ["true", { cwd: "/tmp\0" }],
    ["true", { argv0: "\0" }],
  ];
  for (const [program, options] of bad) {
    assertThrows(() => SharedChild.spawn(program, options), TypeError);
  }
});

test("values of the wrong type or out of range are refused at once", () => {
  const types: unknown[] = [
    { args: "text" },
    { args: [1] },
    { env: { A: 1 } },
    { env: { "": "x" } },
    { env: { "A=B": "x" } },
    { stdin: "pipe" },
    { uid: "root" },
    { rlimits: { nosuch: 1 } },
    { ioPriority: { class: "fast" } },
    { cwd: "" },
    null,
  ];
  for (const options of types) {
    assertThrows(() => SharedChild.spawn("true", options as SpawnOptions), TypeError);
  }
  const ranges: SpawnOptions[] = [
    { uid: -1 },
    { gid: 2 ** 32 },
    { umask: 0o1000 },
    { priority: 20 },
    { priority: NaN },
    { affinity: [] },
    { affinity: [1024] },
    { rlimits: { nofile: -1 } },
    { rlimits: { nofile: { soft: 2, hard: 1 } } },
    { ioPriority: { class: "idle", level: 8 } },
  ];
  for (const options of ranges) {
    assertThrows(() => SharedChild.spawn("true", options), RangeError);
  }
  assertThrows(() => SharedChild.spawn(""), TypeError);
  assertThrows(() => SharedChild.spawn(new URL("https://example.com/x")), TypeError);
});

test("wait() and sendSignal() refuse bad values", async () => {
  await using child = SharedChild.spawn("sleep", { args: ["60"] });
  await assertRejects(() => child.wait({ timeout: -1 }), RangeError);
  await assertRejects(() => child.wait({ timeout: NaN }), RangeError);
  assertThrows(() => child.sendSignal(65), RangeError);
  // @ts-expect-error no such signal
  assertThrows(() => child.sendSignal("SIGNO"), TypeError);
});

test("a limit that cannot be set leaves no child behind", () => {
  // CPU 1000 exists nowhere here: sched_setaffinity(2) refuses.
  // What is left behind, the check after each test would find.
  assertThrows(() => SharedChild.spawn("sleep", { args: ["60"], affinity: [1000] }));
});
