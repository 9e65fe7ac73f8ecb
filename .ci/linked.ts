// What a page leads to: JSR shows a README's relative links as links to files of the package, so these must be in it.

import { dirname, join } from "@std/path";

const LINK = /\]\((?!\w+:|#)([^)#]+)(?:#[^)]*)?\)/g;

/** The files and folders that a page links to, and those that these pages link to, and so on. */
export async function linked(page: string, found = new Set<string>()): Promise<Set<string>> {
  for (const [, to = ""] of (await Deno.readTextFile(page)).matchAll(LINK)) {
    const path = join(dirname(page), to);
    if (found.has(path)) continue;
    found.add(path);
    if (path.endsWith(".md")) await linked(path, found);
  }
  return found;
}
