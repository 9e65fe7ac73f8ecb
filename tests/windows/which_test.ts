import { assert, assertEquals, assertMatch } from "@std/assert";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { isCi, which } from "../../src/process/mod.ts";
import { setWindowsVariable, windowsEnvironment } from "../../src/runtime/environment_windows.ts";
import { temporaryDirectory, windowsTest as test } from "../harness/mod.ts";

test("which() finds a program by its name without ending, in either case", () => {
  const found = which("cmd");
  assertMatch(found ?? "", /^[A-Z]:\\.*\\cmd\.exe$/i);
  assertEquals(which("CMD.EXE")?.toLowerCase(), found?.toLowerCase());
});

test("which() prefers the endings in the order of PATHEXT, and the directories in the order of the path", () => {
  using directory = temporaryDirectory();
  const [one, other] = [join(directory.path, "one"), join(directory.path, "other")];
  for (const folder of [one, other]) mkdirSync(folder);
  writeFileSync(join(other, "tool.exe"), "");
  writeFileSync(join(one, "tool.cmd"), "");
  writeFileSync(join(one, "tool.exe"), "");
  const found = [
    which("tool", { path: `${one};${other}` }),
    which("tool", { path: `${other};${one}` }),
  ];
  assertEquals(found.map((path) => path?.toLowerCase()), [
    join(one, "tool.exe").toLowerCase(),
    join(other, "tool.exe").toLowerCase(),
  ]);
});

test("which() takes a name with a slash or backslash for a path from cwd on, and directories for nothing", () => {
  using directory = temporaryDirectory();
  mkdirSync(join(directory.path, "sub.exe"));
  mkdirSync(join(directory.path, "bin"));
  writeFileSync(join(directory.path, "bin", "tool.exe"), "");
  const from = { cwd: directory.path, path: "" };
  const target = join(directory.path, "bin", "tool.exe");
  for (const name of ["bin/tool", "bin\\tool.exe", ".\\bin\\..\\bin\\tool", target]) {
    assertEquals(which(name, from)?.toLowerCase(), target.toLowerCase());
  }
  assertEquals([which(".\\sub", from), which("tool", from), which(""), which("a\0b")], [
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

test("which() with preferLocal looks into node_modules first", () => {
  using directory = temporaryDirectory();
  const bin = join(directory.path, "node_modules", ".bin");
  mkdirSync(bin, { recursive: true });
  mkdirSync(join(directory.path, "sub"));
  writeFileSync(join(bin, "cmd.cmd"), "");
  const found = which("cmd", { cwd: join(directory.path, "sub"), preferLocal: true });
  assertEquals(found?.toLowerCase(), join(bin, "cmd.cmd").toLowerCase());
});

test("the environment is read and changed without the runtime", () => {
  const name = "PROCREF_TEST_VARIABLE";
  setWindowsVariable(name, "a=b \u00e9");
  assertEquals(windowsEnvironment()[name], "a=b \u00e9");
  setWindowsVariable(name, undefined);
  assertEquals(windowsEnvironment()[name], undefined);
  const [own, runtimes] = [windowsEnvironment(), process.env];
  const path = Object.keys(own).find((key) => key.toUpperCase() === "PATH") ?? "";
  assertEquals(own[path], runtimes[path]);
  assert(Object.keys(own).every((key) => key !== "" && !key.startsWith("=")));
});

test("isCi() reads the environment of Windows", () => {
  assertEquals(isCi({ CI: "true" }), true);
  assertEquals(isCi({ CI: "false" }), false);
});
