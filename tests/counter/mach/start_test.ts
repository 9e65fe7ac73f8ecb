import { assertEquals, assertThrows } from "@std/assert";
import { readFileSync } from "node:fs";
import { launchKeeper } from "../../../src/counter/mach/start.ts";
import { SystemError } from "../../../src/counter/mod.ts";
import { temporaryDirectory, test } from "../../harness/mod.ts";

test("launching a keeper returns when it lets go of its pipe, and not before", () => {
  using directory = temporaryDirectory();
  const path = `${directory.path}/said`;
  launchKeeper(["sh"], `sleep 0.05; echo "checked in" >${path}; exec 3>&-; sleep 0.2`);
  assertEquals(readFileSync(path, "utf8"), "checked in\n");
});

test("launching a keeper returns when it ends, because another one was first", () => {
  launchKeeper(["sh"], "exit 1");
});

test("a keeper is given its code, and does not pass it on", () => {
  using directory = temporaryDirectory();
  const path = `${directory.path}/environment`;
  launchKeeper(["sh"], `env >${path}; exec 3>&-`);
  assertEquals(readFileSync(path, "utf8").includes("PROCREF_KEEPER"), false);
});

test("a keeper that cannot be launched is a SystemError", () => {
  assertThrows(() => launchKeeper(["sh"], "x".repeat(1 << 20)), SystemError, "posix_spawn");
});
