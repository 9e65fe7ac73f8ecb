// Writes the schema of procref.json, which the reader checks against, as the file that is published for editors.
// `--check` only compares.

import { SCHEMA } from "../src/service/file/schema.ts";

const TARGET = "procref.schema.json";
const text = `${JSON.stringify(SCHEMA, undefined, 2)}\n`;

if (!Deno.args.includes("--check")) await Deno.writeTextFile(TARGET, text);
else if (await Deno.readTextFile(TARGET) !== text) {
  console.error(`${TARGET} is out of date: run \`deno task schema\``);
  Deno.exit(1);
}
