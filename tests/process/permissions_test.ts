import { assert, assertEquals } from "@std/assert";
import { start, test, uniqueName } from "../harness/mod.ts";
import { obedient } from "./children.ts";

// Deno's node:child_process gives a Deno that it starts all permissions, unless one is spoken of.
const NONE = "--deny-run";
const SCRIPT = new URL("./permissions_client.ts", import.meta.url);

/** What a Deno program with these permissions tells of each thing it did. */
async function told(...flags: string[]): Promise<Map<string, string>> {
  await using child = await obedient();
  const args = [`${child.pid}`, uniqueName("permissions")];
  await using program = start("deno", SCRIPT, { flags, args });
  const answers = new Map<string, string>();
  for (let line = await program.line(); line !== "end"; line = await program.line()) {
    const [use = "", ...answer] = line.split(" ");
    answers.set(use, answer.join(" "));
  }
  return answers;
}

test("a Deno program with nothing but --allow-ffi can use all of ./process and ./counter", async () => {
  const answers = await told("--allow-ffi");
  assert(answers.size >= 12);
  assertEquals([...answers].filter(([, answer]) => answer !== "true"), []);
});

test("a Deno program without permissions gets a PermissionError that names --allow-ffi", async () => {
  const answers = await told(NONE);
  const free = ["nothingElse", "signals", "isCi", "onStopRequest"];
  assertEquals(free.map((use) => answers.get(use)), ["true", "true", "true", "true"]);
  for (const [use, answer] of answers) {
    if (free.includes(use)) continue;
    assert(answer.startsWith("PermissionError: "), `${use}: ${answer}`);
    assert(answer.includes("--allow-ffi"), `${use}: ${answer}`);
  }
});

test("importing ./process and ./counter needs no permission", async () => {
  assert((await told(NONE)).size > 0);
});
