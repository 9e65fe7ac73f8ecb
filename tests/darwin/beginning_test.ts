import { assertEquals } from "@std/assert";
import { parseBeginning } from "../../src/file/darwin.ts";
import { test } from "../harness/mod.ts";

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
