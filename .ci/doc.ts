// Writes the documentation of all entry points as web pages: docs/api/index.html.

import { entries, readConfig } from "./config.ts";

const FOLDER = "docs/api";

await Deno.remove(FOLDER, { recursive: true }).catch(() => {});
const { name } = await readConfig();
const { code } = await new Deno.Command(Deno.execPath(), {
  args: ["doc", "--html", `--name=${name}`, `--output=${FOLDER}`, ...await entries()],
}).spawn().status;
if (code === 0) console.log(`Open ${FOLDER}/index.html`);
Deno.exitCode = code;
