// A child that is a member of a cgroup before its program runs is a child like any other.

import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import {
  hostContainment,
  ProcessGroup,
  ProcrefError,
  SharedChild,
  type SpawnOptions,
} from "@procref/procref/group";
import { chmodSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import process from "node:process";
import { runtime } from "../../src/runtime/mod.ts";
import { eventually, linuxTest, RUNTIMES, start, temporaryDirectory } from "../harness/mod.ts";
import { traced } from "../process/traced.ts";

const CLIENT = new URL("birth.ts", import.meta.url);

// What a program can see of how it was started, but for what is meant to differ.
// (Signals 32 and 33, which glibc's posix_spawn makes a child ignore, are not for programs.)
const LOOK = `while read -r name value; do
  case $name in Sig[BIC]*) echo "$name $((0x$value & 0x7fffffff))" ;; esac
done </proc/self/status
pwd
env | grep -v -e ^PROCREF_ -e ^_= | sort
ls /proc/self/fd
readlink /proc/self/fd/0 | sed "s/[0-9]//g"
tr '\\0' ' ' </proc/$$/cmdline
[ "$(ps -o sid= -p $$)" -eq $$ ] && echo leads || echo follows`;

const look = (options: SpawnOptions): SpawnOptions => ({
  stdout: "piped",
  ...options,
  args: ["-c", LOOK, "zero", "", "two words", "ä€😀"],
});

async function seen(child: SharedChild): Promise<string> {
  await child.takeStdin()?.close();
  const text = await new Response(child.takeStdout()).text();
  assertEquals((await child.wait()).success, true);
  return text;
}

const cgroupTest = hostContainment().mechanism === "cgroup_v2" ? linuxTest : () => {};

const WAYS: Readonly<Record<string, SpawnOptions>> = {
  "no options": {},
  "a directory": { cwd: "/usr" },
  "a variable": { env: { PROCREF: "1", HOME: "elsewhere", EMPTY: "" } },
  "variables of its own only": { env: { A: "1", PATH: "/usr/bin:/bin" }, clearEnv: true },
  "no variable at all": { clearEnv: true },
  "a session": { newSession: true },
  "no input": { stdin: "null" },
  "an input": { stdin: "piped" },
};

for (const [what, options] of Object.entries(WAYS)) {
  cgroupTest(`with ${what} a member finds what any other child finds`, async () => {
    await using group = await ProcessGroup.create({ mechanism: "cgroup_v2" });
    const other = await seen(SharedChild.spawn("/bin/sh", look(options)));
    assertEquals(await seen(await group.spawn("/bin/sh", look(options))), other);
  });
}

cgroupTest("a member has the name that it is given", async () => {
  await using group = await ProcessGroup.create({ mechanism: "cgroup_v2" });
  const script = { args: ["-c", 'echo "$0"'], argv0: "other", stdout: "piped" } as const;
  assertEquals(await seen(await group.spawn("/bin/sh", script)), "other\n");
});

cgroupTest("a member inherits what was set since this process started", async () => {
  await using group = await ProcessGroup.create({ mechanism: "cgroup_v2" });
  const name = "PROCREF_TEST_BIRTH";
  const script = { args: ["-c", `echo $${name}`], stdout: "piped" } as const;
  try {
    for (const value of ["one", "two"]) {
      runtime.setVariable(name, value);
      assertEquals(await seen(await group.spawn("/bin/sh", script)), `${value}\n`);
    }
  } finally {
    runtime.setVariable(name, undefined);
  }
  assertEquals(await seen(await group.spawn("/bin/sh", script)), "\n");
});

cgroupTest("300 members are given what is theirs, whatever memory is moved meanwhile", async () => {
  await using group = await ProcessGroup.create({ mechanism: "cgroup_v2" });
  const script = 'echo "$0 $1 $V $PWD"';
  for (let number = 0; number < 300; number++) {
    const garbage = Array.from({ length: 500 }, () => new BigUint64Array(4));
    const [one, two] = [`one${number}`, `two${garbage.length}`];
    // The same calls again, and others.
    const cwd = number % 3 === 0 ? "/usr" : "/";
    const child = await group.spawn("/bin/sh", {
      args: ["-c", script, one, two],
      env: { V: `v${number}` },
      stdout: "piped",
      ...(cwd === "/" ? {} : { cwd }),
      newSession: number % 5 === 0,
    });
    const place = cwd === "/" ? process.cwd() : cwd;
    assertEquals(await seen(child), `${one} ${two} v${number} ${place}\n`);
  }
});

cgroupTest("what goes through a member's pipes arrives, a megabyte at a time", async () => {
  await using group = await ProcessGroup.create({ mechanism: "cgroup_v2" });
  const child = await group.spawn("cat", { stdin: "piped", stdout: "piped" });
  const sum = new Response(child.takeStdout()).bytes();
  const input = crypto.getRandomValues(new Uint8Array(65_536));
  const writer = child.takeStdin()?.getWriter();
  for (let round = 0; round < 48; round++) await writer?.write(input);
  await writer?.close();
  const output = await sum;
  assertEquals(output.length, 48 * input.length);
  assertEquals(output.subarray(-input.length), input);
  assertEquals((await child.wait()).code, 0);
});

cgroupTest("nobody waits for a member that reads nothing", async () => {
  await using group = await ProcessGroup.create({ mechanism: "cgroup_v2" });
  const before = await pipes();
  const child = await group.spawn("true", { stdin: "piped" });
  const writer = child.takeStdin()?.getWriter();
  await child.wait();
  // Four times as much as a pipe holds. Only Deno's streams say that it is lost.
  for (let round = 0; round < 4; round++) {
    await writer?.write(new Uint8Array(65_536)).catch(() => {});
  }
  await writer?.close().catch(() => {});
  assertEquals(await pipes(), before);
});

/** The pipes that this process holds, once what is being closed is closed. */
async function pipes(): Promise<string[]> {
  await new Promise((resolve) => setTimeout(resolve, 50));
  const targets = readdirSync("/proc/self/fd").map((number) => {
    try {
      return readlinkSync(`/proc/self/fd/${number}`);
    } catch {
      return "";
    }
  });
  return targets.filter((target) => target.startsWith("pipe:")).sort();
}

cgroupTest("a member's end is taken note of though nobody waits for it", async () => {
  await using group = await ProcessGroup.create({ mechanism: "cgroup_v2" });
  const { pid } = await group.spawn("true");
  await eventually(() => !readdirSync("/proc").includes(String(pid)));
});

cgroupTest("a file that is no program: refused, and nothing is left", async () => {
  await using group = await ProcessGroup.create({ mechanism: "cgroup_v2" });
  using directory = temporaryDirectory();
  const path = `${directory.path}/no program`;
  writeFileSync(path, "\x7fELF");
  chmodSync(path, 0o755);
  const before = readdirSync("/proc/self/fd").length;
  const error = await assertRejects(() => group.spawn(path, { stdout: "piped" }), ProcrefError);
  assertMatch(error.message, /ENOEXEC/);
  assertEquals(group.members(), []);
  assertEquals(readdirSync("/proc/self/fd").length, before);
});

cgroupTest("signals that come during a birth go to who they are for", async () => {
  await using group = await ProcessGroup.create({ mechanism: "cgroup_v2" });
  let heard = 0;
  const hear = () => void heard++;
  process.on("SIGUSR1", hear);
  const storm = `while kill -USR1 ${process.pid} 2>/dev/null; do sleep 0.001; done`;
  await using sender = SharedChild.spawn("sh", { args: ["-c", storm], stderr: "null" });
  try {
    await eventually(() => heard > 0);
    for (let round = 0; round < 100; round++) {
      const child = await group.spawn("sh", { args: ["-c", "echo up"], stdout: "piped" });
      assertEquals(await seen(child), "up\n");
    }
  } finally {
    sender.kill();
    await sender.wait();
    process.off("SIGUSR1", hear);
  }
});

// One of the calls between a birth and its program fails, or there is no birth.
interface Refusal {
  readonly inject: string;
  readonly told: RegExp;
  /** What the call is about, where that is not all the same. */
  readonly path?: string;
  /** @default {"spawn"} */
  readonly order?: string;
}
const REFUSALS: Readonly<Record<string, Refusal>> = {
  "no process is left": { inject: "clone3:error=EAGAIN", told: /^SystemError: clone3: EAGAIN/ },
  "its input": {
    inject: "openat:error=ENOENT",
    told: /^SystemError: open: ENOENT/,
    path: "/dev/null",
    // For its output we open the same.
    order: "spawn, output inherited",
  },
  "its streams": {
    inject: "dup2,dup3:error=EBUSY:when=2",
    told: /^SystemError: dup2: EBUSY/,
  },
  "its session": { inject: "setsid:error=EPERM", told: /^PermissionError: .*setsid: EPERM/ },
  "its directory": { inject: "chdir:error=EACCES", told: /^PermissionError: .*chdir: EACCES/ },
  "its program": { inject: "execve:error=ENOMEM", told: /^SystemError: execve: ENOMEM/ },
};

for (const runtime of RUNTIMES) {
  // Bun's own start does all of that in Bun.
  if (runtime !== "deno") continue;
  for (const [what, { inject, told, path, order = "spawn" }] of Object.entries(REFUSALS)) {
    cgroupTest(
      `a birth fails for ${what}: a typed error, nothing ran and nothing is left`,
      async () => {
        await using client = start(runtime, CLIENT);
        assertEquals(await client.line(), "up");
        {
          await using _ = await traced(client.pid, [
            "-f",
            ...(path === undefined ? [] : ["-P", path]),
            "-e",
            `inject=${inject}`,
          ]);
          client.tell(order);
          assertMatch(await client.line(), told);
        }
        client.tell("spawn");
        assertEquals(await client.line(), "ran");
        client.tell("left");
        assertEquals(await client.line(), "0 children, the same descriptors, nothing else ran");
        assertEquals(readFileSync(`/proc/${client.pid}/stat`, "utf8").includes(" Z "), false);
      },
    );
  }
}
