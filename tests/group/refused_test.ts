import { assertEquals } from "@std/assert";
import { ProcrefError, SharedChild } from "@procref/procref/group";
import { identify } from "@procref/procref/process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { linuxTest } from "../harness/mod.ts";

const SCRIPT = fileURLToPath(new URL("refused.ts", import.meta.url));
const EPERM = 1;

/** The script by the runtime of this test, as root without the right to signal other users' processes. */
async function withoutRight(args: readonly string[]): Promise<Record<string, unknown>> {
  const run = "Bun" in globalThis ? ["run"] : ["run", "-A", "--quiet", "--frozen"];
  const dropped = ["--bounding-set", "-kill", "--inh-caps", "-kill"];
  const child = SharedChild.spawn("setpriv", {
    args: [...dropped, process.execPath, ...run, SCRIPT, ...args],
    stdout: "piped",
  });
  return JSON.parse(await new Response(child.takeStdout()).text());
}

for (const mechanism of ["cgroup_v2", "process_group"] as const) {
  linuxTest(`${mechanism}: a member that may not be signalled spares nobody else`, async () => {
    if (process.getuid?.() !== 0) return;
    await using foreign = SharedChild.spawn("sleep", { args: ["60"], uid: 65534 });
    const identity = identify(foreign.pid);
    if (identity === undefined) throw new ProcrefError("not_found", "It is gone");
    const found = await withoutRight([mechanism, `${identity.pid}`, identity.startTime]);
    assertEquals(found, {
      signal: EPERM,
      one: "SIGUSR1",
      leaked: false,
      // The kernel kills a cgroup without asking who may.
      shutdown: mechanism === "cgroup_v2" ? 0 : EPERM,
      other: "SIGTERM",
      guardians: 0,
    });
  });
}
