// Writes the sizes of the published package into the README, between its two marks. `--check` only looks whether
// what stands there is still about right.

import { readConfig } from "./config.ts";
import { build, standIns } from "./package.ts";

const README = "README.md";
const BLOCK = /<!-- sizes -->\n[^]*<!-- \/sizes -->/;
const TOLERANCE = 0.1;
/** What `./service` imports at the first `acquire()`. */
const CLIENT = "js/linux/shared/client.js";

/** A line of the table. */
interface Size {
  readonly what: string;
  readonly files: number;
  readonly bytes: number;
}

const folder = await Deno.makeTempDir();
try {
  await build(folder, await standIns());
  const readme = await Deno.readTextFile(README);
  const [stated = ""] = BLOCK.exec(readme) ?? [];
  const found = await sizes(folder);
  if (!Deno.args.includes("--check")) {
    await Deno.writeTextFile(README, readme.replace(BLOCK, table(found)));
    await new Deno.Command(Deno.execPath(), { args: ["fmt", "--quiet", README] }).output();
  } else if (!isAbout(stated, table(found))) {
    console.error(`${README} is out of date: run \`deno task sizes\`\n${table(found)}`);
    Deno.exitCode = 1;
  }
} finally {
  await Deno.remove(folder, { recursive: true });
}

async function sizes(folder: string): Promise<Size[]> {
  const { exports } = await readConfig(folder);
  const lines: Size[] = [];
  for (const [key, file] of Object.entries(exports)) {
    lines.push({ what: `\`${key}\``, ...await loaded(folder, [file]) });
  }
  const service = exports["./service"] ?? "";
  const client = await loaded(folder, [service, CLIENT]);
  return [...lines, { what: "a client of a running service", ...client }, await all(folder)];
}

/** What importing these files loads of the package: their static imports and theirs. */
async function loaded(folder: string, files: readonly string[]): Promise<Omit<Size, "what">> {
  const modules = new Map<string, number>();
  for (const file of files) {
    for (const { local, size } of await closure(folder, file)) modules.set(local, size);
  }
  const bytes = [...modules.values()].reduce((sum, size) => sum + size, 0);
  return { files: modules.size, bytes };
}

interface Graph {
  readonly roots: readonly string[];
  readonly modules: readonly Module[];
}

interface Module {
  readonly specifier: string;
  readonly local?: string;
  readonly size?: number;
  readonly dependencies?: readonly {
    readonly isDynamic?: boolean;
    readonly code?: { readonly specifier?: string };
  }[];
}

async function closure(folder: string, file: string): Promise<{ local: string; size: number }[]> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", file],
    cwd: folder,
  }).output();
  const { roots, modules }: Graph = JSON.parse(new TextDecoder().decode(stdout));
  const reached = new Set(roots);
  for (const specifier of reached) {
    const { dependencies = [] } = modules.find((one) => one.specifier === specifier) ?? {};
    for (const { isDynamic, code } of dependencies) {
      if (!isDynamic && code?.specifier !== undefined) reached.add(code.specifier);
    }
  }
  return modules.filter(({ specifier }) => reached.has(specifier) && specifier.startsWith("file:"))
    .flatMap(({ local, size }) =>
      local === undefined || size === undefined ? [] : [{ local, size }]
    );
}

/** Everything that is downloaded: JavaScript, and the sources for types and documentation. */
async function all(folder: string): Promise<Size> {
  const files = await contents(folder);
  const joined = new Blob(files).stream();
  const packed = await new Response(joined.pipeThrough(new CompressionStream("gzip"))).bytes();
  const bytes = files.reduce((sum, { length }) => sum + length, 0);
  const what = `the whole package (${kilobytes(packed.length)} compressed)`;
  return { what, files: files.length, bytes };
}

async function contents(folder: string): Promise<Uint8Array<ArrayBuffer>[]> {
  const found: Uint8Array<ArrayBuffer>[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    found.push(...isDirectory ? await contents(path) : [await Deno.readFile(path)]);
  }
  return found;
}

function kilobytes(bytes: number): string {
  return `${Math.max(1, Math.round(bytes / 1000))} kB`;
}

function table(sizes: readonly Size[]): string {
  const lines = sizes.map(({ what, files, bytes }) =>
    `| ${what} | ${files} | ${kilobytes(bytes)} |`
  );
  return [
    "<!-- sizes -->\n",
    "| import | files | size |",
    "| --- | ---: | ---: |",
    ...lines,
    "\n<!-- /sizes -->",
  ].join("\n");
}

/** The same words, and numbers that differ by little. */
function isAbout(stated: string, found: string): boolean {
  const [before, now] = [stated, found].map((text) => text.match(/[\w./]+/g) ?? []);
  if (before?.length !== now?.length) return false;
  return before?.every((word, index) => {
    const other = now?.[index] ?? "";
    return word === other ||
      Math.abs(Number(word) - Number(other)) <= Math.max(1, Number(other) * TOLERANCE);
  }) ?? false;
}
