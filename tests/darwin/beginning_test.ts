import { assertEquals } from "@std/assert";
import { parseBeginning } from "../../src/file/darwin.ts";
import { execFileSync } from "node:child_process";
import { realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { macTest, test } from "../harness/mod.ts";

/** As the kernel lays it out (sysctl(3), KERN_PROCARGS2). */
function blob(count: number, ...texts: string[]): Uint8Array {
  const text = new TextEncoder().encode(texts.map((each) => `${each}\0`).join(""));
  const bytes = new Uint8Array(4 + text.length);
  new DataView(bytes.buffer).setInt32(0, count, true);
  bytes.set(text, 4);
  return bytes;
}

test("what a process on macOS was started with: program, arguments, environment", () => {
  const bytes = blob(
    3,
    "/usr/bin/tool",
    "",
    "",
    "",
    "tool",
    "a b",
    "",
    "PATH=/bin",
    "EMPTY=",
    "",
    "x=1",
  );
  assertEquals(parseBeginning(bytes), {
    executable: "/usr/bin/tool",
    commandLine: ["tool", "a b", ""],
    environment: ["PATH=/bin", "EMPTY="],
  });
});

test("a process on macOS without an environment has none", () => {
  assertEquals(parseBeginning(blob(1, "/bin/ls", "", "ls", "")).environment, []);
});

macTest("a program that was started by a relative path knows its own all the same", () => {
  const [folder, script] = ["../../node_modules/.bin", "./executable.ts"]
    .map((path) => fileURLToPath(new URL(path, import.meta.url)));
  const line = 'cd "$1" && exec ./bun run "$2"';
  const printed = execFileSync("/bin/sh", ["-c", line, "sh", folder ?? "", script ?? ""]);
  assertEquals(printed.toString().trim(), realpathSync(`${folder}/bun`));
});
