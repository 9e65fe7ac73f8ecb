// Builds what is published on JSR: the sources, for types, documentation and readers, beside them a bundle of each
// entry point, and whatever the README leads to.
//
// `deno task package [FOLDER]`; the folder is `package` unless named.

import { dirname, join } from "@std/path";
import { readConfig } from "./config.ts";
import { bundle, bundled, type Home } from "./javascript.ts";
import { linked } from "./linked.ts";

const COPIED = ["LICENSE", "README.md", "procref.schema.json", "mod.ts", "ffi", "src"];

/**
 * Builds the package in a folder that is empty or not there.
 *
 * @param imports Where the packages are that it imports.
 * @param home Where it will be when it is imported.
 */
export async function build(
  folder: string,
  imports: Readonly<Record<string, string>>,
  home: Home = "registry",
): Promise<void> {
  const config = await readConfig();
  for (const path of [...COPIED, ...await linked("README.md")]) {
    await copy(path, join(folder, path));
  }
  await bundle(config.exports, folder, home);
  for (const [key, entry] of Object.entries(config.exports)) {
    await addTypes(join(folder, bundled(key)), entry);
  }
  const { name, version, license, description } = config;
  const exports = Object.fromEntries(
    Object.keys(config.exports).map((key) => [key, `./${bundled(key)}`]),
  );
  const { types: _, ...compilerOptions } = config.compilerOptions;
  const published = { name, version, license, description, exports, imports, compilerOptions };
  await Deno.writeTextFile(join(folder, "deno.json"), `${JSON.stringify(published, null, 2)}\n`);
}

async function copy(from: string, to: string): Promise<void> {
  if ((await Deno.stat(from)).isDirectory) {
    for await (const { name } of Deno.readDir(from)) await copy(join(from, name), join(to, name));
    return;
  }
  await Deno.mkdir(dirname(to), { recursive: true });
  await Deno.copyFile(from, to);
}

/** Names the types of a bundle, on its second line. */
async function addTypes(path: string, entry: string): Promise<void> {
  const [first = "", ...rest] = (await Deno.readTextFile(path)).split("\n");
  const types = `/* @ts-self-types="../${entry.replace("./", "")}" */`;
  await Deno.writeTextFile(path, [first, types, ...rest].join("\n"));
}

/** The packages that it imports at run time, from where development gets them. */
export async function standIns(): Promise<Record<string, string>> {
  const imports = Object.entries((await readConfig()).imports);
  return Object.fromEntries(imports.filter(([name]) => Object.hasOwn(FROM_JSR, name)));
}

/** The files of these stand-ins. */
export async function standInFiles(): Promise<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(await standIns()).map(([name, npm]) => [
      name,
      Deno.realPathSync(npm.replace(/^npm:(@?[^@]+)@[^/]+/, "node_modules/$1")),
    ]),
  );
}

/** The packages that it imports at run time, from where a user gets them. */
export const FROM_JSR: Readonly<Record<string, string>> = {
  "@std/cli/parse-args": "jsr:@std/cli@^1/parse-args",
  "@std/msgpack": "jsr:@std/msgpack@^1",
};

if (import.meta.main) {
  const [folder = "package"] = Deno.args;
  await Deno.remove(folder, { recursive: true }).catch(() => {});
  await build(folder, FROM_JSR);
}
