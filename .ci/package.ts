// Builds what is published: the sources, for types, documentation and readers, and beside them a bundle of each entry
// point, for speed: a runtime pays for every module that it loads (`bench/imports.ts`). What entry points have in
// common stays in files of its own, so that a class is the same class whoever imports it.
//
// `deno task package [FOLDER]`; the folder is `package` unless named.

import { dirname, join } from "@std/path";
import { build as rolldown, type ChunkingContext } from "rolldown";
import { type Config, readConfig } from "./config.ts";

/** The folder of the bundles. */
const BUNDLES = "js";
const COPIED = ["LICENSE", "README.md", "procref.schema.json", "mod.ts", "ffi", "src"];

/**
 * Builds the package in a folder that is empty or not there.
 *
 * @param imports Where the packages are that it imports.
 */
export async function build(
  folder: string,
  imports: Readonly<Record<string, string>>,
): Promise<void> {
  const config = await readConfig();
  for (const path of COPIED) await copy(path, join(folder, path));
  await bundle(config.exports, join(folder, BUNDLES));
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

async function bundle(exports: Config["exports"], folder: string): Promise<void> {
  await rolldown({
    input: Object.fromEntries(Object.entries(exports).map(([key, entry]) => [area(key), entry])),
    platform: "neutral",
    external: [/^@std\//, /^node:/, /^bun:/],
    output: {
      dir: folder,
      format: "esm",
      chunkFileNames: "shared/[name].js",
      codeSplitting: { groups: PARTS.map(part) },
      comments: false,
      minify: false,
      // Bun takes what begins so as it is.
      postBanner: "// @bun",
    },
  });
}

/**
 * The files that a client of a running service loads, and no more. Each begins with a module and has what that one
 * imports statically, as far as no earlier file has it. The other files are the bundler's choice.
 */
const PARTS = [
  { name: "core", roots: ["src/service/mod.ts"] },
  // Deno reads at once whatever may be imported later: a few files cost less than many.
  {
    name: "client",
    roots: [
      "src/service/acquire.ts",
      "src/service/status.ts",
      "src/process/which.ts",
      "ffi/poller.ts",
      "ffi/bun_worker.ts",
    ],
  },
  {
    name: "elsewhere",
    roots: [
      "ffi/numbers/darwin.ts",
      "ffi/windows/status.ts",
      "src/file/darwin.ts",
      "src/file/kqueue.ts",
      "src/process/darwin.ts",
      "src/process/windows.ts",
      "src/process/which_windows.ts",
      "src/runtime/environment_windows.ts",
      "src/service/darwin/carriers.ts",
      "src/service/host_report_darwin.ts",
      "src/service/host_report_windows.ts",
      "src/object/stop.ts",
    ],
  },
];

function part({ name, roots }: typeof PARTS[number], index: number) {
  const modules = new Set<string>();
  return {
    debugName: name,
    priority: PARTS.length - index,
    name(module: string, graph: ChunkingContext): string | null {
      if (modules.size === 0) {
        for (const root of roots) gather(Deno.realPathSync(root), graph, modules);
      }
      return modules.has(module) ? name : null;
    },
  };
}

function gather(module: string, graph: ChunkingContext, modules: Set<string>): void {
  if (!module.endsWith(".ts") || modules.has(module)) return;
  modules.add(module);
  for (const one of graph.getModuleInfo(module)?.importedIds ?? []) gather(one, graph, modules);
}

/** Names the types of a bundle, on its second line. */
async function addTypes(path: string, entry: string): Promise<void> {
  const [first = "", ...rest] = (await Deno.readTextFile(path)).split("\n");
  const types = `/* @ts-self-types="../${entry.replace("./", "")}" */`;
  await Deno.writeTextFile(path, [first, types, ...rest].join("\n"));
}

function bundled(key: string): string {
  return `${BUNDLES}/${area(key)}.js`;
}

function area(key: string): string {
  return key === "." ? "mod" : key.replace("./", "");
}

/** The packages that it imports at run time, from where development gets them. */
export async function standIns(): Promise<Record<string, string>> {
  const imports = Object.entries((await readConfig()).imports);
  return Object.fromEntries(imports.filter(([name]) => Object.hasOwn(FROM_JSR, name)));
}

/** The same from where a user gets them. */
export const FROM_JSR: Readonly<Record<string, string>> = {
  "@std/cli/parse-args": "jsr:@std/cli@^1/parse-args",
  "@std/msgpack": "jsr:@std/msgpack@^1",
};

if (import.meta.main) {
  const [folder = "package"] = Deno.args;
  await Deno.remove(folder, { recursive: true }).catch(() => {});
  await build(folder, FROM_JSR);
}
