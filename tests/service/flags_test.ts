import { assertEquals } from "@std/assert";
import { permissionFlags } from "../../src/service/guardian/flags.ts";
import { test } from "../harness/mod.ts";

const flagsOf = (line: string) => permissionFlags(line.split(" ")).join(" ");

test("a guardian gets the permissions and the configuration of its client", () => {
  assertEquals(
    flagsOf("deno run --allow-ffi --allow-read=/tmp -c deno.json --quiet main.ts"),
    "--allow-ffi --allow-read=/tmp -c deno.json",
  );
  assertEquals(flagsOf("deno test -RN --v8-flags --x tests"), "--allow-ffi -RN");
});

test("flags of the script are never a guardian's permissions", () => {
  assertEquals(flagsOf("deno run --allow-ffi main.ts --allow-all -A"), "--allow-ffi");
  assertEquals(flagsOf("deno run main.ts --allow-run"), "--allow-ffi");
});

test("--allow-ffi is not put beside --allow-all, which Deno refuses", () => {
  assertEquals(flagsOf("deno run -A main.ts"), "-A");
  assertEquals(flagsOf("deno run --allow-all main.ts"), "--allow-all");
});
