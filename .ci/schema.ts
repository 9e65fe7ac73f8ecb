// Writes the schema of procref.json, which the reader checks against, as the file that is published for editors. Its
// `$id` is where JSR has it in this version. `--check` only compares.

import { SCHEMA } from "../src/service/file/schema.ts";
import { readConfig } from "./config.ts";

const TARGET = "procref.schema.json";
const { name, version } = await readConfig();
const $id = `https://jsr.io/${name}/${version}/${TARGET}`;
const { $schema, ...rest } = SCHEMA;
const text = `${JSON.stringify({ $schema, $id, ...rest }, undefined, 2)}\n`;

if (!Deno.args.includes("--check")) await Deno.writeTextFile(TARGET, text);
else if (await Deno.readTextFile(TARGET) !== text) {
  console.error(`${TARGET} is out of date: run \`deno task schema\``);
  Deno.exit(1);
}
