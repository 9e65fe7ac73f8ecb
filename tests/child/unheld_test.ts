import { assertStringIncludes } from "@std/assert";
import { SharedChild } from "@procref/procref/child";
import { which } from "@procref/procref/process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { eventually, test } from "../harness/mod.ts";
import { newTag, survivors } from "../group/trees.ts";

const SCRIPT = fileURLToPath(new URL("unheld.ts", import.meta.url));
const title = "a child that nobody can hold, for want of descriptors, does not live on";
const strace = which("strace");

test(strace === undefined ? `${title} (skipped: no strace here)` : title, async () => {
  if (strace === undefined) return;
  const tag = newTag();
  const run = "Bun" in globalThis ? ["run"] : ["run", "-A", "--quiet", "--frozen"];
  const inject = ["-f", "-qq", "-o", "/dev/null", "-e", "inject=pidfd_open:error=EMFILE"];
  await using program = SharedChild.spawn(strace, {
    args: [...inject, process.execPath, ...run, SCRIPT, `600.${tag}`],
    stdout: "piped",
  });
  assertStringIncludes(await new Response(program.takeStdout()).text(), "EMFILE");
  await program.wait();
  await eventually(() => survivors([tag]).length === 0);
});
