// `deno publish` of the package. Arguments are passed on (`--dry-run`, `--token`). A dry run takes the stand-ins that
// development uses for the @std packages, so that it needs no registry but npm's.

import { build, FROM_JSR, standIns } from "./package.ts";

const folder = await Deno.makeTempDir();
try {
  await build(folder, Deno.args.includes("--dry-run") ? await standIns() : FROM_JSR);
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: ["publish", ...Deno.args],
    cwd: folder,
    stdin: "inherit",
  }).spawn().status;
  Deno.exitCode = code;
} finally {
  await Deno.remove(folder, { recursive: true });
}
