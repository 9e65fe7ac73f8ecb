// Makes a release of a git repository: notes from the commits since the last tag, a new tag, a push that is tried
// again. It knows nothing of how git is run: give it a `runner`, and it runs without git (see ../../tests/examples/
// release_test.ts).

import { CliClient, Command, isNotFound, type ProcessRunner } from "@procref/procref/command";

/** What was released. */
export interface Release {
  readonly version: string;
  /** One line for each kind of change: how many, and what. */
  readonly notes: readonly string[];
}

const FEATURE = /^\s*\d+ feat/m;

/** Releases what has been committed since the last tag. */
export async function release(runner?: ProcessRunner): Promise<Release> {
  const options = { ...(runner && { runner }), timeout: 60_000, env: { GIT_TERMINAL_PROMPT: "0" } };
  const git = new CliClient("git", options);
  const changes = await git.text("status", "--porcelain").catch(explain);
  if (changes !== "") throw new Error(`Commit these first:\n${changes}`);

  const last = await git.text("describe", "--tags", "--abbrev=0");
  // git log | cut | sort | uniq -c: a pipeline fails if any of its programs does.
  const notes = await git.command("log", "--format=%s", `${last}..HEAD`)
    .pipe(new Command("sort", options))
    .pipe(new Command("uniq", { ...options, args: ["-c"] }))
    .run();
  if (notes === "") throw new Error(`Nothing has changed since ${last}`);

  const version = next(last, FEATURE.test(notes));
  await git.unit("tag", "--annotate", version, "--message", notes);
  const retry = { attempts: 4, backoff: 50 };
  await git.command("push", "origin", version).with({ retry }).run();
  return { version, notes: notes.split("\n").map((line) => line.trim()) };
}

/** `v1.2.3` becomes `v1.3.0` with a feature, `v1.2.4` without. */
function next(version: string, feature: boolean): string {
  const [, major, minor, patch] = /^v(\d+)\.(\d+)\.(\d+)$/.exec(version) ?? [];
  if (patch === undefined) throw new Error(`The last tag is no version: ${version}`);
  return feature ? `v${major}.${Number(minor) + 1}.0` : `v${major}.${minor}.${Number(patch) + 1}`;
}

function explain(error: unknown): never {
  throw isNotFound(error) ? new Error("git is not installed") : error;
}
