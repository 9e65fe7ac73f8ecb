// What the system or the runtime refuses: a typed error that says so, and nothing left.

import { assert, assertEquals, assertMatch } from "@std/assert";
import { chownSync, existsSync, readdirSync } from "node:fs";
import {
  eventually,
  type RuntimeName,
  RUNTIMES,
  temporaryDirectory,
  test,
  uniqueName,
} from "../harness/mod.ts";
import { run, type ScriptOptions } from "./script.ts";
import { sets } from "../counter/sets.ts";

interface Told {
  readonly step: string;
  readonly name?: string;
  readonly code?: string;
  readonly syscall?: string;
  readonly message?: string;
}

type How = "own" | "launch";

/** Runs a client that acquires and releases once; nothing may be left when it and its guardian have ended. */
async function client(
  runtime: RuntimeName,
  how: How,
  options: Partial<ScriptOptions> & { free?: number; own?: boolean } = {},
): Promise<Told[]> {
  using directory = temporaryDirectory();
  const records = `${directory.path}/records`;
  if (options.uid !== undefined) chownSync(directory.path, options.uid, options.uid);
  const free = options.free === undefined ? [] : [`${options.free}`];
  const before = sets().length;
  const { output, errors } = await run({
    runtime,
    script: "once_client.ts",
    args: [uniqueName("once"), records, how, ...free],
    ...options,
    ...(options.uid === undefined ? {} : { home: directory.path }),
  });
  assert(!/unhandled|uncaught/i.test(errors), errors);
  await eventually(() => !existsSync(records) || readdirSync(records).length === 0).catch(() => {});
  assertEquals(existsSync(records) ? readdirSync(records) : [], [], `${output}${errors}`);
  assertEquals(sets().length, before, output);
  return output.trim().split("\n").map((line): Told => JSON.parse(line));
}

for (const runtime of RUNTIMES) {
  test(`no semaphore set left in the system: SystemError ENOSPC of semget (${runtime})`, async () => {
    const none = 'echo "250 32000 32 0" >/proc/sys/kernel/sem; exec "$@"';
    const under = ["unshare", "--ipc", "sh", "-c", none, "sh"];
    const [told] = await client(runtime, "own", { under });
    assertEquals([told?.name, told?.syscall], ["SystemError", "semget"]);
    assertMatch(told?.message ?? "", /ENOSPC \(28\).* for service "/);
  });

  test(`a client without rights shares a service in a directory of its own (${runtime})`, async () => {
    const told = await client(runtime, "launch", { uid: 65534 });
    assertEquals(told.map(({ step }) => step), ["acquired", "released"], JSON.stringify(told));
  });

  test(`hardly a descriptor left: a typed error or success, whatever step it hits (${runtime})`, async () => {
    const under = ["sh", "-c", 'ulimit -n 256; exec "$@"', "sh"];
    for (const free of [0, 1, 2, 3, 4]) {
      const told = await client(runtime, "own", { under, free });
      if (told[0]?.step === "acquired") continue;
      assertEquals(told[0]?.name, "SystemError", JSON.stringify(told));
      assertMatch(told[0]?.message ?? "", /EMFILE/);
    }
  });
}

test("in Deno --allow-ffi is enough for a service whose callbacks need nothing", async () => {
  const told = await client("deno", "own", { flags: ["--allow-ffi"] });
  assertEquals(told.map(({ step }) => step), ["acquired", "released"], JSON.stringify(told));
});

for (const flags of [[], ["--allow-read", "--allow-env", "--allow-run"], ["--allow-ffi=/lib"]]) {
  test(`in Deno ${flags.join(" ") || "no permission"} is not: the error names --allow-ffi`, async () => {
    const [told] = await client("deno", "own", { flags });
    assertEquals([told?.name, told?.code], ["PermissionError", "permission_denied"]);
    assertMatch(told?.message ?? "", /--allow-ffi/);
  });
}

test("in Deno a callback without its own permission: its error comes through, nothing is left", async () => {
  const [told] = await client("deno", "launch", { flags: ["--allow-ffi"] });
  assertEquals([told?.step, told?.name], ["failed", "NotCapable"]);
});

/** Calls, and which occurrences of them fail; the runtime's own ones come first, so that several are tried. */
const FAULTS: readonly [string, string, readonly number[]][] = [
  ["semget", "EACCES", [1, 2, 3]],
  ["semctl", "EACCES", [1, 2, 3]],
  ["semop", "ENOMEM", [1]],
  ["semtimedop", "ENOMEM", [1, 2, 3]],
  ["pipe2", "EMFILE", [1, 2, 3]],
  ["rename", "EIO", [1, 2, 3]],
  ["flock", "ENOLCK", [1]],
  ["mkdir", "EROFS", [1]],
  ["unlink", "EIO", [1, 2, 3, 4]],
];

for (const runtime of RUNTIMES) {
  for (const [call, error, times] of FAULTS) {
    test(`${call} fails with ${error}: a typed error or success, nothing left (${runtime})`, async () => {
      for (const when of times) {
        const inject = ["-f", "-qq", "-o", "/dev/null", "-e", `trace=${call}`];
        const under = ["strace", ...inject, "-e", `inject=${call}:error=${error}:when=${when}`];
        const told = await client(runtime, "launch", { under });
        const last = told.at(-1);
        if (last?.step === "released") continue;
        assertEquals(
          last?.name,
          last?.code === "permission_denied" ? "PermissionError" : "SystemError",
          JSON.stringify(told),
        );
        assertMatch(last?.message ?? "", new RegExp(`${error}|errno`));
      }
    });
  }
}
