// Records what git says to a release, for a test: in a small repository made for it, whose remote refuses the first
// push. Run it again when release.ts asks git for something else.
//
//   deno run -A examples/release/record.ts      (or: bun examples/release/record.ts)

import { mkdtempSync, rmSync } from "node:fs";
import process from "node:process";
import { Command, ReplayRunner } from "@procref/procref/command";
import { release } from "./release.ts";

const CASSETTE = new URL("git.cassette.json", import.meta.url);

const REPOSITORY = `
  export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
  git init --quiet --bare origin.git
  cat >origin.git/hooks/pre-receive <<'HOOK'
#!/bin/sh
[ -e tried ] || { touch tried; echo "busy, try again" >&2; exit 1; }
HOOK
  chmod +x origin.git/hooks/pre-receive
  git init --quiet --initial-branch=main work
  cd work
  git config user.name Ada
  git config user.email ada@example.com
  git remote add origin ../origin.git
  change() { git commit --quiet --allow-empty --message "$1"; }
  change "Begin" && git tag v0.1.0
  change "fix: count from one" && change "feat: add a bell" && change "fix: count from one"
`;

const directory = mkdtempSync("/tmp/procref-release-");
try {
  await new Command("sh", { args: ["-ec", REPOSITORY], cwd: directory }).run();
  // Here, and not by `cwd`: so the cassette replays wherever the test runs.
  process.chdir(`${directory}/work`);
  const recorder = ReplayRunner.record(CASSETTE);
  console.log(await release(recorder));
  await recorder.save();
} finally {
  rmSync(directory, { recursive: true });
}
