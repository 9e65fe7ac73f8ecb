// Packs the package for npm, from where `bunx` runs the `procref` command; what JSR makes for npm's clients has no
// commands. JavaScript that imports nothing but what Bun has, and the types beside it.
//
// `deno task npm [FOLDER]` puts one file into the folder, which is `npm` unless named, and prints where it is: what
// `bun add` and `npm publish` take.

import { dirname, join } from "@std/path";
import { type Config, readConfig } from "./config.ts";
import { bundle, bundled } from "./javascript.ts";
import { standInFiles } from "./package.ts";
import { BUN } from "./steps.ts";

const TYPES = "types";
const COMMAND = "./cli";
const COPIED = ["LICENSE", "procref.schema.json"];
const IMPORT = /(\bfrom |\bimport\()"(\.[^"]+)\.ts"/g;
/** What it needs. */
const ENGINES = { bun: ">=1.3" };

const [target = "npm"] = Deno.args;
const folder = await Deno.makeTempDir();
try {
  await build(folder);
  await Deno.mkdir(target, { recursive: true });
  await pack(folder, await Deno.realPath(target));
} finally {
  await Deno.remove(folder, { recursive: true });
}

async function build(folder: string): Promise<void> {
  const config = await readConfig();
  const within = await standInFiles();
  await bundle(config.exports, folder, "disk", within);
  await makeCommand(join(folder, bundled(COMMAND)));
  await declare(Object.values(config.exports), folder);
  for (const path of COPIED) await Deno.copyFile(path, join(folder, path));
  await Deno.writeTextFile(join(folder, "LICENSE-std"), await notice(within));
  await Deno.writeTextFile(join(folder, "README.md"), await readme(config));
  const manifest = `${JSON.stringify(manifestOf(config), null, 2)}\n`;
  await Deno.writeTextFile(join(folder, "package.json"), manifest);
}

function manifestOf({ name, version, license, description, exports }: Config) {
  return {
    name,
    version,
    description,
    license,
    type: "module",
    bin: { procref: bundled(COMMAND) },
    exports: Object.fromEntries(
      Object.entries(exports).map(([key, entry]) => [key, {
        types: `./${TYPES}/${declaration(entry)}`,
        default: `./${bundled(key)}`,
      }]),
    ),
    engines: ENGINES,
    publishConfig: { access: "public" },
  };
}

async function makeCommand(path: string): Promise<void> {
  await Deno.writeTextFile(path, `#!/usr/bin/env bun\n${await Deno.readTextFile(path)}`);
}

/** Writes the types of these files, and of what their types are made of. */
async function declare(entries: readonly string[], folder: string): Promise<void> {
  const all = await Deno.makeTempDir();
  try {
    await emitTypes(entries, all);
    const files = new Set(entries.map(declaration));
    for (const file of files) {
      const source = await Deno.readTextFile(join(all, file));
      const types = source.replace(IMPORT, (_, before, path) => {
        files.add(join(dirname(file), `${path}.d.ts`));
        return `${before}"${path}.js"`;
      });
      const target = join(folder, TYPES, file);
      await Deno.mkdir(dirname(target), { recursive: true });
      await Deno.writeTextFile(target, types);
    }
  } finally {
    await Deno.remove(all, { recursive: true });
  }
}

/** The types of these files and of all that they import, beside one another as the sources are. */
async function emitTypes(entries: readonly string[], folder: string): Promise<void> {
  const project = {
    extends: await Deno.realPath("tsconfig.json"),
    compilerOptions: {
      noEmit: false,
      noCheck: true,
      declaration: true,
      emitDeclarationOnly: true,
      rootDir: Deno.cwd(),
      outDir: folder,
      types: [],
    },
    files: await Promise.all(["types/std.d.ts", ...entries].map((file) => Deno.realPath(file))),
    include: [],
  };
  const path = join(folder, "tsconfig.json");
  await Deno.writeTextFile(path, JSON.stringify(project));
  await succeed(BUN, ["x", "tsc", "-p", path]);
}

function declaration(source: string): string {
  return join(source).replace(/\.ts$/, ".d.ts");
}

/** The license of what the bundles have of others. */
async function notice(within: Readonly<Record<string, string>>): Promise<string> {
  const names = Object.keys(within).join(" and ");
  const sources = await Promise.all(Object.values(within).map((file) => Deno.readTextFile(file)));
  const holders = sources.flatMap((text) =>
    /^\/\/ (Copyright .*?) MIT license\.$/m.exec(text)?.[1] ?? []
  );
  if (holders.length < sources.length) throw new Error(`Whose are ${names}?`);
  const terms = /^Permission is hereby granted[^]*/m.exec(await Deno.readTextFile("LICENSE"));
  return `Parts of js/ are from ${names}, and what these import:\n\nMIT License\n\n${
    [...new Set(holders)].join("\n")
  }\n\n${terms}`;
}

/** The README, whose links lead to the files on JSR: npm shows no files. It shows no pictures of JSR's either. */
async function readme({ name, version }: Config): Promise<string> {
  return (await Deno.readTextFile("README.md"))
    .replace(/!(\[[^\]]*\]\()/g, "$1")
    .replace(/\]\((?!\w+:|#)/g, `](https://jsr.io/${name}/${version}/`);
}

async function pack(folder: string, target: string): Promise<void> {
  const program = await Deno.realPath(BUN);
  console.log(await succeed(program, ["pm", "pack", "--quiet", "--destination", target], folder));
}

/** Runs a program, and returns what it has printed. */
async function succeed(program: string, args: string[], cwd = "."): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(program, { args, cwd }).output();
  const [out = "", err = ""] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  if (code !== 0) throw new Error(`${program} ${args.join(" ")}: ${out}${err}`);
  return out.trim();
}
