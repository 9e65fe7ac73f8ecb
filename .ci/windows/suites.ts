// Suites on Windows: on Windows itself, elsewhere under Wine, which is installed at the first use together with the
// Windows programs of both runtimes.

import { join } from "@std/path";
import { type Suite, type Tally, tally } from "../suites.ts";
import { DENO } from "../steps.ts";
import { runtimes } from "./runtimes.ts";
import { copyTree, ownFolder } from "./tree.ts";
import { copyPrefix, endAll, wine } from "./wine.ts";

/** The commands that start each runtime, and the variables by which tests find its executable. */
interface Host {
  readonly deno: readonly [string, ...string[]];
  readonly bun: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  /** A path of this host, as the tested programs know it. */
  path(path: string): string;
  /** Ends whatever still runs there. */
  renew(): Promise<void>;
}

/** Seconds for all tests of a file, and for all files in one process. */
const LIMITS = { file: 300, all: 900 };

function onWindows(): Host {
  const bun = join(Deno.cwd(), "node_modules", "bun", "bin", "bun.exe");
  const env = { DENO, BUN: bun };
  return { deno: [DENO], bun: [bun], env, path: (path) => path, renew: () => Promise.resolve() };
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
    renew: () => endAll(prefix),
  };
}

/**
 * Under Wine Deno's own pipes fail it now and then (mio, named_pipe.rs), and now and then a deno.exe hangs, and after it
 * each one that starts in the same Wine: so it runs file by file, and once more in a Wine that is new.
 */
function suites({ deno, bun, env, path, renew }: Host, files: readonly string[]): Suite[] {
  const flags = ["--allow-all", "--no-check"];
  return [
    ...files.map((file): Suite => ({
      title: `deno.exe test ${file}`,
      env,
      renew,
      limit: LIMITS.file,
      command: (report) => [...deno, "test", ...flags, `--junit-path=${path(report)}`, file],
    })),
    {
      title: "bun.exe test",
      env,
      renew,
      limit: LIMITS.all,
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

/** Installs what the suites need, if it is not there. @throws This host is no Debian, or not ours to change. */
export async function installWindows(): Promise<void> {
  await Promise.all([wine(), runtimes()]);
}

/** Runs test files in both runtimes. @param limit Seconds for a suite, if that is less; it is ended then. */
export async function testOnWindows(files: readonly string[], limit = Infinity): Promise<Tally[]> {
  const tallies: Tally[] = [];
  const run = async (host: Host) => {
    for (const suite of suites(host, files)) {
      const within = Math.min(limit, suite.limit ?? Infinity);
      tallies.push(await tally({ ...suite, limit: within }, true));
    }
  };
  if (Deno.build.os === "windows") {
    await run(onWindows());
    return tallies;
  }
  const here = Deno.cwd();
  const folder = await ownFolder();
  const tree = join(folder, "tree");
  try {
    const host = await underWine(folder);
    await copyTree(here, tree);
    Deno.chdir(tree);
    await run(host);
    return tallies;
  } finally {
    Deno.chdir(here);
    await endAll(join(folder, "prefix"));
    await Deno.remove(folder, { recursive: true });
  }
}
