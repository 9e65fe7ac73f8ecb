import { assertEquals } from "@std/assert";
import { writeFileSync } from "node:fs";
import process from "node:process";
import { which } from "@procref/procref/process";
import { DENO } from "../examples/client_process.ts";
import { OWN, start, temporaryDirectory, test } from "../harness/mod.ts";

const SCRIPT = new URL("../../examples/five_lines.ts", import.meta.url);
// As the README says.
const FLAGS = ["--allow-ffi", "--allow-run=/bin/sh", "--allow-env=NODE_V8_COVERAGE"].concat(
  "--allow-net=127.0.0.1",
);

/** A PATH with a `python3 -m http.server PORT` on it: the system's, or something of the kind. */
function pathWithPython(directory: string): string {
  const path = process.env["PATH"] ?? "";
  if (which("python3") !== undefined) return path;
  const server =
    "Deno.serve({ hostname: '127.0.0.1', port: Number(Deno.args.at(-1)) }, () => new Response())";
  const script = `#!/bin/sh\nexec ${DENO} eval "${server}" -- "$@"\n`;
  writeFileSync(`${directory}/python3`, script, { mode: 0o755 });
  return `${directory}:${path}`;
}

for (const runtime of OWN) {
  test(`examples/five_lines.ts runs in ${runtime} with the flags that the README names`, async () => {
    using directory = temporaryDirectory();
    const env = { PATH: pathWithPython(directory.path) };
    await using program = start(runtime, SCRIPT, { flags: FLAGS, env });
    assertEquals(await program.line(), "200 shared by 1");
    assertEquals(await program.ended, 0);
  });
}
