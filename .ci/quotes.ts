// Programs that a page quotes stand in files of their own, which the tests run. A block of code that follows a line
// with nothing but a link to a file is that file. This writes the blocks; `--check` only compares.

import { dirname, join } from "@std/path";

const QUOTE = /^(\[`[^`]+`\]\(([^)]+)\):\n\n```\w+\n)[^]*?^```$/gm;

const outdated: string[] = [];
for await (const page of pages()) {
  const before = await Deno.readTextFile(page);
  const after = before.replace(QUOTE, (_, head, path) => `${head}${quoted(page, path)}\`\`\``);
  if (before === after) continue;
  outdated.push(page);
  if (!Deno.args.includes("--check")) await Deno.writeTextFile(page, after);
}
for (const page of outdated) console.log(page);
if (Deno.args.includes("--check") && outdated.length > 0) {
  console.error("These quote what the files no longer say: run `deno task quotes`");
  Deno.exitCode = 1;
}

async function* pages(): AsyncGenerator<string> {
  yield "README.md";
  for await (const { name } of Deno.readDir("docs")) {
    if (name.endsWith(".md")) yield `docs/${name}`;
  }
}

function quoted(page: string, path: string): string {
  return Deno.readTextFileSync(join(dirname(page), path));
}
