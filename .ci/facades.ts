// A module that is imported when it is used gets a file of its own from the bundler, even if its code is in a part with
// others: that file only passes on what the part exports. Deno opens all of them at the start, Bun one after the other.

import { join } from "@std/path";

const FACADE = /^\/\/ @bun\nexport \{ ([^}]*) \} from "\.\/([^"]+)";\s*$/;
const IMPORT = /import\("\.\/([^"]+)"\)/g;

/** Where the code is that a file only passes on. */
export interface Facade {
  readonly part: string;
  /** An object with what it exports, made of `all` that the part exports. */
  readonly exports: string;
}

/** Lets whoever imports such a file import the part, and removes the file. */
export async function removeFacades(folder: string): Promise<void> {
  const texts = new Map<string, string>();
  for await (const { name, isFile } of Deno.readDir(folder)) {
    if (isFile) texts.set(name, await Deno.readTextFile(join(folder, name)));
  }
  const facades = new Map<string, Facade>();
  for (const [name, text] of texts) {
    const facade = parse(text);
    if (facade !== undefined) facades.set(name, facade);
  }
  for (const [name, text] of texts) {
    if (facades.has(name)) await Deno.remove(join(folder, name));
    else await Deno.writeTextFile(join(folder, name), direct(text, facades));
  }
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
