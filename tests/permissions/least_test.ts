import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { spawnSync } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { hostContainment } from "@procref/procref/group";
import { freePort } from "../../src/ready/port.ts";
import { DENO } from "../examples/client_process.ts";
import { temporaryDirectory, test, uniqueName } from "../harness/mod.ts";

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
  run: [FFI, "--allow-run=echo"],
  runHttp: [FFI, `--allow-run=${DENO}`, "--allow-net=127.0.0.1"],
  cliLook: [FFI],
  cliRun: [FFI, "--allow-run=/bin/sh,true"],
  cliLock: [FFI, "--allow-run=/bin/sh,true"],
  cliWith: [FFI, "--allow-run=/bin/sh,true", ENV],
  cliDaemon: [FFI],
  child: [FFI, PROGRAM],
  childWithLimits: [FFI, SHELL],
  childWithName: [FFI, PROGRAM, "--allow-env"],
  ...(hostContainment().mechanism === "cgroup_v2" ? { cgroup: [FFI, PROGRAM] } : {}),
  processGroup: [FFI, PROGRAM],
  containment: [FFI],
};

const SCRIPT = fileURLToPath(new URL("./uses.ts", import.meta.url));
const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** What comes of a use by a Deno program with these permissions: its last line, and its standard error. */
function outcome(use: string, flags: readonly string[]): { answer: string; errors: string } {
  using directory = temporaryDirectory();
  const uses = [use, uniqueName("permissions"), DENO, `${directory.path}/pid`, `${freePort()}`];
  const args = ["run", "--quiet", "--no-prompt", "--frozen", ...flags, SCRIPT, ...uses];
  const { stdout, stderr } = spawnSync(DENO, args, {
    cwd: ROOT,
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1" },
  });
  return { answer: stdout.trimEnd().split("\n").at(-1) ?? "", errors: stderr };
}

for (const [use, flags] of Object.entries(LEAST)) {
  test(`${use}: ${flags.join(" ")} is enough`, () => {
    const { answer, errors } = outcome(use, flags);
    assertEquals(answer, "true", errors);
  });

  for (const flag of flags) {
    const [name = ""] = flag.split("=");
    test(`${use}: without ${flag} it is refused, and the error names ${name}`, () => {
      // Denied, not left out: Deno's node:child_process gives a Deno all permissions where none is spoken of.
      const denied = name.replace("allow", "deny");
      const { answer, errors } = outcome(use, flags.map((one) => one === flag ? denied : one));
      // procref writes by FFI, so without that it can only throw.
      const told = `${errors}${answer}`;
      assertMatch(told, /^(procref|PermissionError): /m);
      assertStringIncludes(told, name);
    });
  }
}

test("who may run one program may not have it load others' libraries", () => {
  assertEquals(outcome("preload", [FFI, "--allow-run"]).answer, "true");
  const { answer } = outcome("preload", [FFI, "--allow-run=echo"]);
  assertMatch(answer, /^PermissionError: .*LD_LIBRARY_PATH/);
});
