// Bundles the entry points as JavaScript, for speed: a runtime pays for every module that it loads
// (`bench/imports.ts`). What entry points have in common stays in files of its own, so that a class is the same class
// whoever imports it.
//
// There are two bundles. The one for Linux knows its platform, so nothing of other systems is in it and nothing has to be
// awaited. The other one is for them. There modules wait for modules that are loaded for one system only and import, in
// turn, what has been loaded before: merged into one file both would wait for each other for ever, so each module is run
// at its own time (`strictExecutionOrder`), which costs 2 ms. An entry point chooses.

import { join } from "@std/path";
import { type ChunkingContext, type OutputChunk, type Plugin, rolldown } from "rolldown";
import type { Config } from "./config.ts";
import { parse, tidy } from "./chunks.ts";
import { numbers } from "./numbers.ts";

/** The folder of the bundles in a package. */
const FOLDER = "js";
const LINUX = "linux";
const OTHERS = "others";

/** Where a package is when it is imported: at a registry, by Deno, or on this disk. */
export type Home = "registry" | "disk";

/**
 * Bundles into a package's folder.
 *
 * @param within Packages that become part of the bundles, and the files that they come from. The others of `@std` stay
 * imports.
 */
export async function bundle(
  exports: Config["exports"],
  folder: string,
  home: Home,
  within: Readonly<Record<string, string>> = {},
): Promise<void> {
  for (const [name, plugins] of [[LINUX, [onLinux, numbers]], [OTHERS, []]] as const) {
    const build = await rolldown({
      input: Object.fromEntries(Object.entries(exports).map(([key, entry]) => [area(key), entry])),
      platform: "neutral",
      resolve: { alias: { ...within } },
      external: (name) => /^(@std\/|node:|bun:)/.test(name) && !Object.hasOwn(within, name),
      optimization: { inlineConst: true },
      plugins: [...plugins],
    });
    const { output } = await build.write({
      dir: join(folder, FOLDER, name),
      format: "esm",
      chunkFileNames: "shared/[name].js",
      codeSplitting: { groups: PARTS.map(part) },
      strictExecutionOrder: name === OTHERS,
      comments: false,
      minify: name === LINUX ? "dce-only" : false,
      postBanner: BUN,
    });
    if (name === OTHERS) continue;
    await tidy(join(folder, FOLDER, name));
    for (const file of output) {
      if (file.type !== "chunk" || !file.isEntry) continue;
      const path = join(folder, FOLDER, file.fileName);
      await Deno.writeTextFile(path, entryPoint(file, home));
    }
  }
}

/** Bun takes what begins so as it is. */
const BUN = "// @bun";

/** The bundle of an entry point. */
export function bundled(key: string): string {
  return `${FOLDER}/${area(key)}.js`;
}

/** The same for this system alone. */
export function bundledHere(key: string): string {
  return `${FOLDER}/${Deno.build.os === "linux" ? LINUX : OTHERS}/${area(key)}.js`;
}

function area(key: string): string {
  return key === "." ? "mod" : key.replace("./", "");
}

/** What the platform is at run time, said beforehand. */
const onLinux: Plugin = {
  name: "on linux",
  transform(code, id) {
    // What it imports is for other systems' sake.
    if (id.endsWith("src/process/elsewhere.ts")) return "export const elsewhere = undefined;";
    const known = code.replaceAll(/(?<!typeof )\bruntime\.platform\b/g, '"linux"');
    if (!id.endsWith("ffi/platform.ts")) return known;
    return known.replace(/(export const platform: Platform = )[^;]*;/, '$1"linux";');
  },
};

/**
 * Imports the bundle for Linux, which does nothing before it is used, and elsewhere the other one: by a name that Deno does
 * not see in advance, or it would read that one, too, at each start. JSR wants to see at least the folder, of which Deno
 * reads all files if they are on a disk.
 */
function entryPoint({ fileName, exports, code }: OutputChunk, home: Home): string {
  const other = home === "disk" ? "others" : `\`./${OTHERS}/\${file}\``;
  const { part, exports: found } = parse(code) ?? { part: fileName, exports: "all" };
  return `${BUN}
import * as all from "./${LINUX}/${part}";
const system = "Bun" in globalThis ? process.platform : Deno.build.os;
const ${home === "disk" ? `others = "./${OTHERS}/${fileName}"` : `file = "${fileName}"`};
export const { ${exports.join(", ")} } = ["darwin", "windows", "win32"].includes(system)
  ? await import(${other})
  : ${found};
${exports.includes("main") ? PROGRAM : ""}`;
}

const PROGRAM = `if (import.meta.main) {
  if ("Bun" in globalThis) process.exit(await main(process.argv.slice(2)));
  else Deno.exit(await main(Deno.args));
}
`;

/**
 * The file that a client of a running service loads, and no more, and the one that it needs when it starts or watches
 * one. Each begins with a module and has what that one imports statically, as far as no earlier file has it. The other
 * files are the bundler's choice.
 */
const PARTS = [
  { name: "core", roots: ["src/service/mod.ts"] },
  {
    name: "start",
    roots: [
      "src/service/changes.ts",
      "src/service/start_posix.ts",
      "src/service/guardian/make.ts",
      "src/service/status.ts",
      "ffi/poller.ts",
      "ffi/bun_worker.ts",
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
