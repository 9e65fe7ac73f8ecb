import { assert, assertEquals } from "@std/assert";
import { SharedChild } from "@procref/procref/child";
import { chmodSync, copyFileSync, cpSync, realpathSync, writeFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { temporaryDirectory, test } from "../harness/mod.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const NOBODY = 65534;

test("a user who may not make cgroups gets process groups, with the reason", async () => {
  if (process.getuid?.() !== 0) return;
  using directory = temporaryDirectory();
  const home = directory.path;
  // A copy that this user may read, with the runtime itself.
  for (const folder of ["ffi", "src", "tests/group"]) {
    cpSync(`${ROOT}${folder}`, `${home}/${folder}`, { recursive: true });
  }
  cpSync(`${ROOT}node_modules/deno-std/path`, `${home}/path`, {
    recursive: true,
    dereference: true,
  });
  const executable = `${home}/runtime`;
  copyFileSync(realpathSync(process.execPath), executable);
  chmodSync(executable, 0o755);
  chmodSync(home, 0o777);
  const script = `${home}/tests/group/unprivileged.ts`;
  const args = "Bun" in globalThis
    ? ["run", `--tsconfig-override=${home}/tsconfig.json`, script]
    : ["run", "-A", "--quiet", "--no-check", "--no-lock", `--import-map=${home}/map.json`, script];
  const target = `${home}/path/posix/resolve.js`;
  writeFileSync(
    `${home}/map.json`,
    JSON.stringify({ imports: { "@std/path/posix/resolve": target } }),
  );
  const paths = { "@std/path/posix/resolve": [target] };
  writeFileSync(
    `${home}/tsconfig.json`,
    JSON.stringify({ compilerOptions: { paths, baseUrl: "." } }),
  );
  const child = SharedChild.spawn(executable, {
    args,
    uid: NOBODY,
    gid: NOBODY,
    cwd: home,
    env: { HOME: home, DENO_DIR: `${home}/cache` },
    stdout: "piped",
  });
  const text = await new Response(child.takeStdout()).text();
  assertEquals((await child.wait()).code, 0);
  const { host, mechanism, refused, limits, foreign, signal } = JSON.parse(text);
  assertEquals(mechanism, "process_group");
  assertEquals(host.mechanism, "process_group");
  assertEquals(host.limits, { memory: false, processes: false, cpu: false });
  assert(host.reason.includes("may not be written by this user"), host.reason);
  assertEquals(refused, "unsupported");
  assertEquals(limits, "resource_limit unsupported");
  assertEquals(foreign, "permission_denied");
  assertEquals(signal, "SIGKILL");
});
