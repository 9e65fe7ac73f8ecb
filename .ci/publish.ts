// `deno publish` of the package. Arguments are passed on (`--dry-run`, `--token`). A dry run takes the stand-ins that
// development uses for the @std packages, so that it needs no registry but npm's.

import { build, FROM_JSR, standIns } from "./package.ts";

const OWN_MODULE = "import(record.module)";

const folder = await Deno.makeTempDir();
try {
  await build(folder, Deno.args.includes("--dry-run") ? await standIns() : FROM_JSR);
  const child = new Deno.Command(Deno.execPath(), {
    args: ["publish", ...Deno.args],
    cwd: folder,
    stdin: "inherit",
    stderr: "piped",
  }).spawn();
  const [told, { code }] = await Promise.all([child.stderr.text(), child.status]);
  await Deno.stderr.write(new TextEncoder().encode(told));
  // Of one thing JSR has to warn: a service's own module is imported by the name that the service gives.
  const warned = told.split("warning[").slice(1).some((one) => !one.includes(OWN_MODULE));
  Deno.exitCode = code === 0 && warned ? 1 : code;
} finally {
  await Deno.remove(folder, { recursive: true });
}
