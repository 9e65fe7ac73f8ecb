import { assert, assertEquals } from "@std/assert";
import { hostContainment } from "@procref/procref/group";
import { freePort } from "../../src/service/command/port.ts";
import { DENO } from "../examples/client_process.ts";
import { start, temporaryDirectory, test, uniqueName } from "../harness/mod.ts";

const FFI = "--allow-ffi";
const ENV = "--allow-env=NODE_V8_COVERAGE";
const SHELL = "--allow-run=/bin/sh";
const PROGRAM = "--allow-run=sleep";

// The table of the documentation: all that each use needs.
const LEAST: Readonly<Record<string, readonly string[]>> = {
  process: [FFI],
  counter: [FFI],
  sync: [FFI],
  callbacks: [FFI],
  inspection: [FFI],
  command: [FFI, SHELL, ENV],
  port: [FFI, SHELL, ENV],
  http: [FFI, SHELL, ENV, "--allow-net=127.0.0.1"],
  log: [FFI, SHELL, ENV],
  fixture: [FFI, SHELL, ENV],
  pidFile: [FFI],
  daemon: [FFI],
  daemonHttp: [FFI, "--allow-net=127.0.0.1"],
  child: [FFI, PROGRAM],
  childWithLimits: [FFI, SHELL],
  childWithName: [FFI, PROGRAM, "--allow-env"],
  ...(hostContainment().mechanism === "cgroup_v2" ? { cgroup: [FFI, SHELL] } : {}),
  processGroup: [FFI, PROGRAM],
  containment: [FFI],
};

const SCRIPT = new URL("./uses.ts", import.meta.url);

/** What comes of a use by a Deno program with these permissions. */
async function outcome(use: string, flags: readonly string[]): Promise<string> {
  using directory = temporaryDirectory();
  const pidFile = `${directory.path}/pid`;
  const args = [use, uniqueName("permissions"), DENO, pidFile, `${freePort()}`];
  await using program = start("deno", SCRIPT, { flags, args });
  const line = await program.line();
  assertEquals(await program.ended, 0);
  return line;
}

for (const [use, flags] of Object.entries(LEAST)) {
  test(`${use}: ${flags.join(" ")} is enough`, async () => {
    assertEquals(await outcome(use, flags), "true");
  });

  for (const flag of flags) {
    const [name = ""] = flag.split("=");
    test(`${use}: without ${flag} it is refused, and the error names ${name}`, async () => {
      // Denied, not left out: Deno's node:child_process gives a Deno all permissions where none is spoken of.
      const denied = name.replace("allow", "deny");
      const line = await outcome(use, flags.map((one) => one === flag ? denied : one));
      assert(line.startsWith("PermissionError: "), line);
      assert(line.includes(name), line);
    });
  }
}
