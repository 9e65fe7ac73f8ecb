// Makes one file of the `procref` command, by `deno compile`. From the bundles: of sources that import packages, it would
// carry all of node_modules.
//
// `deno task compile [FILE]`; the file is `procref` unless named.

import { resolve } from "@std/path";
import { readConfig } from "./config.ts";
import { bundle, bundledHere } from "./javascript.ts";
import { standInFiles } from "./package.ts";
import { DENO } from "./steps.ts";

const [file = "procref"] = Deno.args;
const folder = await Deno.makeTempDir();
try {
  await bundle((await readConfig()).exports, folder, "disk", await standInFiles());
  const { code } = await new Deno.Command(DENO, {
    args: ["compile", "--quiet", "--allow-all", "--output", resolve(file), bundledHere("./cli")],
    cwd: folder,
  }).spawn().status;
  Deno.exitCode = code;
} finally {
  await Deno.remove(folder, { recursive: true });
}
