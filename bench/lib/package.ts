import { fileURLToPath } from "node:url";
import { build, standIns } from "../../.ci/package.ts";
import type { Scratch } from "./scratch.ts";

const STANDARD = fileURLToPath(new URL("../../node_modules/deno-std/", import.meta.url));

/** Builds the package as it is published, and gives the path of each of its entry points. */
export async function packaged(scratch: Scratch): Promise<(area: string) => string> {
  const folder = scratch.directory();
  const imports = await standIns();
  await build(folder, imports, "disk");
  // Deno reads the project's configuration; Bun looks beside the file for where @std is.
  const paths = Object.entries(imports).map(([name, npm]) => [
    name,
    [npm.replace(/^npm:deno-std@[^/]*\//, STANDARD)],
  ]);
  const compilerOptions = { paths: Object.fromEntries(paths) };
  await Deno.writeTextFile(`${folder}/tsconfig.json`, JSON.stringify({ compilerOptions }));
  return (area) => `${folder}/js/${area}.js`;
}
