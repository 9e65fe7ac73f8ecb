// The `procref` command on a PATH, as a user has it installed.

import { writeFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { DENO } from "../examples/client_process.ts";
import type { RuntimeName } from "../harness/mod.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const CLI = `${ROOT}src/cli/mod.ts`;

/** Installs it into a directory, and gives the environment in which it is found. */
export function install(runtime: RuntimeName, directory: string): Record<string, string> {
  const command = runtime === "deno"
    ? `${DENO} run --quiet --config ${ROOT}deno.json --allow-all ${CLI}`
    : `${ROOT}node_modules/.bin/bun run ${CLI}`;
  writeFileSync(`${directory}/procref`, `#!/bin/sh\nexec ${command} "$@"\n`, { mode: 0o755 });
  return { ...process.env, NO_COLOR: "1", PATH: `${directory}:${process.env["PATH"]}` };
}
