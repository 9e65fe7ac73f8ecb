// The launcher's shell is an old bash on macOS, which tells of a killed child as a new one does outside POSIX mode.

import { assertEquals } from "@std/assert";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { SCRIPT, TITLE } from "../../src/daemon/launcher/script.ts";
import { which } from "../../src/process/mod.ts";
import { temporaryDirectory, test } from "../harness/mod.ts";

// Standard input stands for the launcher, which holds the control pipe; the file for its introduction.
const DESCRIPTORS = "exec 5<&0 </dev/null 3>/dev/null 4>/dev/null 6>/dev/null";

const bash = which("bash");
const title = "the launcher's shell adds nothing to a killed daemon's output";
test(bash === undefined ? `${title} (skipped: no bash here)` : title, async () => {
  if (bash === undefined) return;
  using directory = temporaryDirectory();
  const introduction = `${directory.path}/introduction`;
  writeFileSync(introduction, "1 2\n");
  const program = ["/bin/sh", "-c", "echo last words >&2; kill -9 $$"];
  const leader = [bash, "-c", SCRIPT, TITLE, "", "0022", "", "", ...program];
  const line = `${DESCRIPTORS} 7<"$0"; exec "$@"`;
  const child = spawn("/bin/sh", ["-c", line, introduction, ...leader], { stdio: "pipe" });
  let errors = "";
  child.stderr.on("data", (piece) => errors += piece);
  child.once("exit", () => child.stdin.end());
  const [code] = await once(child, "close");
  assertEquals([code, errors], [137, "last words\n"]);
});
