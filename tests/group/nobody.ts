// A user without rights: a script of the tests, run as nobody by the runtime that runs the test.

import { SharedChild } from "@procref/procref/child";
import { chmodSync, copyFileSync, cpSync, realpathSync, writeFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { temporaryDirectory } from "../harness/mod.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const NOBODY = 65534;

/** What the script prints; its imports are relative. Only root can become nobody: undefined for others. */
export async function asNobody(path: string): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  using directory = temporaryDirectory();
  const home = directory.path;
  // A copy that this user may read, with the runtime itself.
  for (const folder of ["ffi", "src", "tests/group", "tests/command", "tests/harness/mac"]) {
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
  const script = `${home}/${path}`;
  const simulated = process.env["PROCREF_AS_MAC"] !== undefined;
  const preload = simulated ? [`--preload=${home}/tests/harness/mac/preload.ts`] : [];
  const flags = ["-A", "--quiet", "--no-check", "--no-lock", `--import-map=${home}/map.json`];
  const args = "Bun" in globalThis
    ? ["run", `--tsconfig-override=${home}/tsconfig.json`, script]
    : ["run", ...flags, ...preload, script];
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
    env: { HOME: home, DENO_DIR: `${home}/cache`, BUN_OPTIONS: preload.join() },
    stdout: "piped",
  });
  const text = await new Response(child.takeStdout()).text();
  if (!(await child.wait()).success) throw new Error(`${path} failed: ${text}`);
  return text;
}
