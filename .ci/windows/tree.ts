// A copy of the project for the Windows programs. They must not see this host's node_modules: a deno.exe that sets
// it up for Windows writes through its links into the cache that all checkouts of this user share.

import { join } from "@std/path";
import { PLACE } from "./place.ts";

const PARTS = ["mod.ts", "ffi", "src", "tests", "types", "bunfig.toml", "tsconfig.json"];
/** What tests import; none of it has native parts. */
const PACKAGES = ["deno-std", "fast-check", "pure-rand"];
const LINKS = "node_modules/.deno/node_modules"; // every package, dependencies of dependencies included

const RUNS = join(PLACE, "runs");

/** A folder of this run's own. Those of runs that were killed are removed. */
export async function ownFolder(): Promise<string> {
  await Deno.mkdir(RUNS, { recursive: true });
  for await (const { name } of Deno.readDir(RUNS)) {
    const alive = await Deno.stat(`/proc/${name}`).then(() => true, () => false);
    if (!alive) await Deno.remove(join(RUNS, name), { recursive: true });
  }
  return join(RUNS, String(Deno.pid));
}

/** Copies the project as it is now. */
export async function copyTree(root: string, target: string): Promise<void> {
  await Deno.mkdir(join(target, "node_modules"), { recursive: true });
  for (const part of PARTS) await copy(join(root, part), join(target, part));
  for (const name of PACKAGES) {
    const [direct, indirect] = [join(root, "node_modules", name), join(root, LINKS, name)];
    const source = await Deno.realPath(direct).catch(() => Deno.realPath(indirect));
    await copy(source, join(target, "node_modules", name));
  }
  const config = JSON.parse(await Deno.readTextFile(join(root, "deno.json")));
  const own = { ...config, nodeModulesDir: "manual", lock: false };
  await Deno.writeTextFile(join(target, "deno.json"), JSON.stringify(own, undefined, 2));
}

async function copy(from: string, to: string): Promise<void> {
  if ((await Deno.stat(from)).isFile) return await Deno.copyFile(from, to);
  await Deno.mkdir(to, { recursive: true });
  for await (const { name } of Deno.readDir(from)) await copy(join(from, name), join(to, name));
}
