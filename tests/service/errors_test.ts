// What the system or the runtime refuses: a typed error that says so, and nothing left.

import { assert, assertEquals, assertMatch } from "@std/assert";
import { chownSync, existsSync, readdirSync, readFileSync } from "node:fs";
import {
  eventually,
  type RuntimeName,
  RUNTIMES,
  temporaryDirectory,
  test,
  uniqueName,
} from "../harness/mod.ts";
import { run, type ScriptOptions } from "./script.ts";
import { pathsOf, type ServicePaths } from "../../src/service/record/store.ts";

interface Told {
  readonly step: string;
  readonly name?: string;
  readonly code?: string;
  readonly syscall?: string;
  readonly message?: string;
}

/** The processes that carry a service's name in their environment. */
function processesOf(name: string): number[] {
  return readdirSync("/proc").map(Number).filter((pid) => {
    try {
      const environment = readFileSync(`/proc/${pid}/environ`, "utf8");
      return pid > 0 && environment.includes(`ONCE_CLIENT=${name}`);
    } catch {
      return false;
    }
  });
}

type How = "own" | "launch";

/** Runs a client that acquires and releases once; nothing may be left when it and its guardian have ended. */
async function client(
  runtime: RuntimeName,
  how: How,
  options: Omit<Partial<ScriptOptions>, "under"> & {
    readonly free?: number;
    readonly under?: readonly string[] | ((paths: ServicePaths) => readonly string[]);
  } = {},
): Promise<Told[]> {
  using directory = temporaryDirectory();
  const records = `${directory.path}/records`;
  if (options.uid !== undefined) chownSync(directory.path, options.uid, options.uid);
  const free = options.free === undefined ? [] : [`${options.free}`];
  const name = uniqueName("once");
  const { under = [] } = options;
  const { output, errors } = await run({
    runtime,
    script: "once_client.ts",
    env: { ONCE_CLIENT: name },
    args: [name, records, how, ...free],
    ...options,
    under: typeof under === "function" ? under(pathsOf(records, name)) : under,
    ...(options.uid === undefined ? {} : { home: directory.path }),
  });
  assert(!/unhandled|uncaught/i.test(errors), errors);
  const left = () => ({
    files: existsSync(records) ? readdirSync(records) : [],
    living: processesOf(name),
  });
  const nothing = { files: [], living: [] };
  await eventually(() => JSON.stringify(left()) === JSON.stringify(nothing), 2000).catch(() => {});
  assertEquals(left(), nothing, `${output}${errors}`);
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

for (
  const flags of [["--allow-sys"], ["--allow-read", "--allow-env", "--allow-run"], [
    "--allow-ffi=/lib",
  ]] as const
) {
  test(`in Deno ${flags.join(" ") || "no permission"} is not: the error names --allow-ffi`, async () => {
    const [told] = await client("deno", "own", { flags });
    const refused = [told?.name, told?.code];
    assertEquals(refused, ["PermissionError", "permission_denied"], JSON.stringify(told));
    assertMatch(told?.message ?? "", /--allow-ffi/);
  });
}

test("in Deno a callback without its own permission: its error comes through, nothing is left", async () => {
  const [told] = await client("deno", "launch", { flags: ["--allow-ffi"] });
  assertEquals([told?.step, told?.name], ["failed", "NotCapable"]);
});

test("without a shell there is no guardian, and so nothing is started: SystemError of posix_spawn", async () => {
  const shell = 'mount --bind /etc/passwd "$(readlink -f /bin/sh)" && exec "$@"';
  const under = ["unshare", "--mount", "bash", "-c", shell, "bash"];
  const [told] = await client("bun", "own", { under });
  assertEquals([told?.name, told?.syscall], ["SystemError", "posix_spawn"], JSON.stringify(told));
});

/** The calls that fail, how, which occurrences of them in turn, and on which file. */
const FAULTS: readonly [string, string, number, (keyof ServicePaths)?][] = [
  ["semget", "EACCES", 2],
  ["semctl", "EPERM", 4],
  ["semtimedop", "ENOMEM", 6],
  ["flock", "ENOMEM", 1],
  ["rename", "EIO", 2],
  ["mkdir", "EROFS", 1, "directory"],
  ["openat", "EMFILE", 2, "temporary"],
  ["openat", "EACCES", 2, "token"],
  ["openat", "EACCES", 2, "record"],
  ["unlink", "EIO", 3, "record"],
  ["unlink", "EIO", 3, "temporary"],
];

// In one runtime: the calls are the same, and the runtime's own ones don't get in the way.
for (const [call, error, times, file] of FAULTS) {
  const what = file === undefined ? call : `${call} of the ${file}`;
  for (let when = 1; when <= times; when++) {
    test(`${what} fails with ${error} at call ${when}: a typed error or success, nothing left`, async () => {
      // Without -f: only the client's own thread, so neither its guardian nor the service.
      const trace = ["strace", "-qq", "-o", "/dev/null", "-e", `trace=${call}`];
      const inject = ["-e", `inject=${call}:error=${error}:when=${when}`];
      const told = await client("bun", "launch", {
        under: (paths) => [...trace, ...(file === undefined ? [] : ["-P", paths[file]]), ...inject],
      });
      const last = told.at(-1);
      if (last?.step === "released") return;
      assertEquals(last?.name, "SystemError", JSON.stringify(told));
      assertMatch(
        last?.message ?? "",
        new RegExp(`^${call.replace("timed", "").replace("at", "")}.*${error}`),
      );
    });
  }
}
