// Tests on Windows: on Windows itself, elsewhere under Wine, which is installed at the first use together with the
// Windows programs of both runtimes. Arguments name the test files; by default all that Windows is known to pass.

import { join } from "@std/path";
import { closing, type Suite, tally } from "../suites.ts";
import { DENO } from "../steps.ts";
import { runtimes } from "./runtimes.ts";
import { TESTS } from "./tests.ts";
import { copyTree, ownFolder } from "./tree.ts";
import { awaitEnd, copyPrefix, wine } from "./wine.ts";

/** The commands that start each runtime, and the variables by which tests find its executable. */
interface Host {
  readonly deno: readonly [string, ...string[]];
  readonly bun: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  /** A path of this host, as the tested programs know it. */
  path(path: string): string;
}

function onWindows(): Host {
  const bun = join(Deno.cwd(), "node_modules", "bun", "bin", "bun.exe");
  return { deno: [DENO], bun: [bun], env: { DENO, BUN: bun }, path: (path) => path };
}

async function underWine(folder: string): Promise<Host> {
  const run = await wine();
  const { deno, bun } = await runtimes();
  const prefix = join(folder, "prefix");
  await copyPrefix(prefix);
  const path = (path: string) => `Z:${path.replaceAll("/", "\\")}`;
  return {
    deno: [run, deno],
    bun: [run, bun],
    env: {
      DENO: path(deno),
      BUN: path(bun),
      DENO_DIR: path(join(folder, "deno")),
      DENO_DISABLE_NODE_SHIM: "1",
      WINEPREFIX: prefix,
    },
    path,
  };
}

/** Under Wine Deno's own pipes fail it now and then (mio, named_pipe.rs): then only a few tests run once more. */
function groupsOf(files: readonly string[]): string[][] {
  const groups = Map.groupBy(
    files,
    (file) => file.startsWith("tests/windows/") ? file : file.slice(0, file.lastIndexOf("/")),
  );
  return [...groups.values()];
}

function suites({ deno, bun, env, path }: Host, files: readonly string[]): Suite[] {
  const flags = ["--allow-all", "--no-check"];
  return [
    ...groupsOf(files).map((some): Suite => ({
      title: `deno.exe test ${
        some.length === 1 ? some[0] : `${some[0]} and ${some.length - 1} more`
      }`,
      env,
      command: (report) => [...deno, "test", ...flags, `--junit-path=${path(report)}`, ...some],
    })),
    {
      title: "bun.exe test",
      env,
      command: (report) => [
        ...bun,
        "test",
        "--reporter=junit",
        `--reporter-outfile=${path(report)}`,
        ...files.map((file) => `./${file}`),
      ],
    },
  ];
}

const files = Deno.args.length > 0 ? Deno.args : TESTS;
const results = [];
if (Deno.build.os === "windows") {
  for (const suite of suites(onWindows(), files)) results.push(await tally(suite, true));
} else {
  const folder = await ownFolder();
  const tree = join(folder, "tree");
  try {
    const host = await underWine(folder);
    await copyTree(Deno.cwd(), tree);
    Deno.chdir(tree);
    for (const suite of suites(host, files)) results.push(await tally(suite, true));
  } finally {
    Deno.chdir("/");
    await awaitEnd(join(folder, "prefix"));
    await Deno.remove(folder, { recursive: true });
  }
}
console.log(closing(results));
Deno.exit(results.some(({ failed }) => failed > 0) ? 1 : 0);
