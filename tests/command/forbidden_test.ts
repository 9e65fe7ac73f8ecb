import { assertEquals } from "@std/assert";
import { chmodSync, copyFileSync } from "node:fs";
import process from "node:process";
import { which } from "@procref/procref/process";
import { asNobody } from "../group/nobody.ts";
import { temporaryDirectory, test } from "../harness/mod.ts";

const EPERM = 1;

test("a run whose program may not be signalled fails where it is awaited, and nowhere else", async () => {
  const setpriv = which("setpriv");
  if (setpriv === undefined) return;
  using directory = temporaryDirectory();
  const copy = `${directory.path}/setpriv`;
  copyFileSync(setpriv, copy);
  chmodSync(copy, 0o4755);
  chmodSync(directory.path, 0o755);
  process.env["PROCREF_TEST_SETPRIV"] = copy;
  try {
    const text = await asNobody("tests/command/forbidden.ts");
    if (text === undefined) return;
    assertEquals(JSON.parse(text), [EPERM, EPERM, EPERM, EPERM, EPERM, EPERM, [0, EPERM], EPERM]);
  } finally {
    delete process.env["PROCREF_TEST_SETPRIV"];
  }
});
