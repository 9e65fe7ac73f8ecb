// What the bundler leaves to be done. A module that is imported when it is used gets a file of its own, even if its code
// is in a part with others: that file only passes on what the part exports, and Deno opens all of them at the start, Bun
// one after the other. And what only another platform would import is written, though nobody imports it.

import { join } from "@std/path";

const FACADE = /^\/\/ @bun\nexport \{ ([^}]*) \} from "\.\/([^"]+)";\s*$/;
const IMPORT = /import\("\.\/([^"]+)"\)/g;
const NAMED = /(?:from|import) ?\(?"\.\/(?:shared\/)?([^"]+)"/g;

/** Where the code is that a file only passes on. */
export interface Facade {
  readonly part: string;
  /** An object with what it exports, made of `all` that the part exports. */
  readonly exports: string;
}

/** Lets whoever imports such a file import the part; then removes every file of a bundle that nobody imports. */
export async function tidy(folder: string): Promise<void> {
  const shared = join(folder, "shared");
  const texts = await read(shared);
  const facades = new Map<string, Facade>();
  for (const [name, text] of texts) {
    const facade = parse(text);
    if (facade !== undefined) facades.set(name, facade);
  }
  for (const [name, text] of texts) texts.set(name, direct(text, facades));
  const entries = [...(await read(folder)).values()];
  const needed = new Set(entries.flatMap(imported));
  for (const name of needed) {
    for (const next of imported(texts.get(name) ?? "")) needed.add(next);
  }
  for (const [name, text] of texts) {
    if (needed.has(name)) await Deno.writeTextFile(join(shared, name), text);
    else await Deno.remove(join(shared, name));
  }
}

async function read(folder: string): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for await (const { name, isFile } of Deno.readDir(folder)) {
    if (isFile) texts.set(name, await Deno.readTextFile(join(folder, name)));
  }
  return texts;
}

/** The shared files that a file imports, at once or later. */
function imported(text: string): string[] {
  return [...text.matchAll(NAMED)].map(([, name = ""]) => name);
}

function direct(text: string, facades: ReadonlyMap<string, Facade>): string {
  return text.replaceAll(IMPORT, (original, target) => {
    const facade = facades.get(target);
    if (facade === undefined) return original;
    return `import("./${facade.part}").then((all) => (${facade.exports}))`;
  });
}

/** What a file is, if it only passes on what another one exports. */
export function parse(text: string): Facade | undefined {
  const [, exports, part] = FACADE.exec(text) ?? [];
  if (exports === undefined || part === undefined) return undefined;
  const fields = exports.split(", ").map((one) => {
    const [from, to = from] = one.split(" as ");
    return `${to}: all.${from}`;
  });
  return { part, exports: `{ ${fields.join(", ")} }` };
}
