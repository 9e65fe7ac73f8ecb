// Bundles the entry points as JavaScript, for speed: a runtime pays for every module that it loads
// (`bench/imports.ts`). What entry points have in common stays in files of its own, so that a class is the same class
// whoever imports it.

import { build as rolldown, type ChunkingContext } from "rolldown";
import type { Config } from "./config.ts";

/** The folder of the bundles in a package. */
const FOLDER = "js";

/**
 * Bundles into a package's folder.
 *
 * @param within Packages that become part of the bundles, and the files that they come from. The others of `@std` stay
 * imports.
 */
export async function bundle(
  exports: Config["exports"],
  folder: string,
  within: Readonly<Record<string, string>> = {},
): Promise<void> {
  await rolldown({
    input: Object.fromEntries(Object.entries(exports).map(([key, entry]) => [area(key), entry])),
    platform: "neutral",
    resolve: { alias: { ...within } },
    external: (name) => /^(@std\/|node:|bun:)/.test(name) && !Object.hasOwn(within, name),
    output: {
      dir: `${folder}/${FOLDER}`,
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

/** The bundle of an entry point. */
export function bundled(key: string): string {
  return `${FOLDER}/${area(key)}.js`;
}

function area(key: string): string {
  return key === "." ? "mod" : key.replace("./", "");
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
