// Names of services as parts of paths.

import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { readdirSync } from "node:fs";
import { listServices, stopService } from "@procref/procref/service";
import { test } from "../harness/mod.ts";
import { Local } from "./local.ts";

function tree(path: string): string[] {
  return readdirSync(path, { recursive: true }).map(String).sort();
}

for (
  const [what, name] of [
    ["../x", "../x"],
    ["a path from the root", "/etc/passwd"],
    ["a slash", "/"],
    ["a dot", "."],
    ["two dots", ".."],
    ["a line break", "a\nb"],
    ["a backslash and quotes", "\\\"'`$(id)"],
    ["255 bytes of slashes", "/".repeat(255)],
    ["255 bytes of three each", "漢".repeat(85)],
    ["252 bytes of four each", "🧨".repeat(63)],
    ["an ending like ours", "x.json.tmp"],
    ["a device", "CON"],
    ["a device with an ending", "nul.json"],
    ["a device with a number", "com1"],
    ["a namespace of Windows", "Global\\\\db"],
    ["a path of Windows", "C:\\\\Windows\\\\..\\\\x"],
    ["a stream of a file", "x:y:$DATA"],
    ["what Windows forbids in names", '<>|?*"'],
    ["a blank and a dot at the end", "x ."],
  ] as const
) {
  test(`the name ${what} stays in the directory, is listed and told unchanged`, async () => {
    await using local = new Local();
    const service = local.service({}, name);
    const handle = await service.acquire();
    assertEquals(tree(local.path).length, 2, tree(local.path).join(" "));
    const { name: told, problem, state } = await service.status();
    assertEquals([told, problem, state], [name, undefined, "running"]);
    assertEquals((await listServices(local.records)).map((one) => one.name), [name]);
    await handle.release();
    assertEquals(tree(local.path), ["records"]);
  });
}

test("names that are alike in a file system or by case are different services", async () => {
  await using local = new Local();
  const names = ["a/b", "a b", "a%2fb", "A/b", "a/b ", "ä", "a\u0308"];
  const handles = await Promise.all(names.map((name) => local.service({}, name).acquire()));
  assertEquals(new Set(handles.map(({ pid }) => pid)).size, names.length);
  assertEquals(readdirSync(local.records).length, names.length);
  for (const handle of handles) await handle.release();
});

test("names that differ in their last byte only are different services", async () => {
  await using local = new Local();
  const names = ["1", "2"].map((last) => `${"x".repeat(254)}${last}`);
  const handles = await Promise.all(names.map((name) => local.service({}, name).acquire()));
  assertEquals(readdirSync(local.records).length, 2);
  for (const handle of handles) await handle.release();
  assertEquals(local.living(), []);
});

test("no name makes a file that Windows would take for a device or refuse", async () => {
  await using local = new Local();
  const names = ["con", "nul.txt", "a*b", "..", "a:b?c"];
  const handles = await Promise.all(names.map((name) => local.service({}, name).acquire()));
  const files = readdirSync(local.records);
  assertEquals(files.length, names.length);
  for (const file of files) assertMatch(file, /^[\w%-]+-[0-9a-f]{16}\.json$/);
  for (const handle of handles) await handle.release();
});

test("stopService() refuses what is no name", async () => {
  await using local = new Local();
  const directory = local.records;
  for (const name of ["", "x".repeat(256)]) {
    await assertRejects(() => stopService(name, { directory }), RangeError);
  }
  for (const name of ["a\0b", "half a pair \ud800", 5 as unknown as string]) {
    await assertRejects(() => stopService(name, { directory }), TypeError);
  }
});

for (const name of ["", "x".repeat(256), "漢".repeat(86)]) {
  test(`a name of ${new TextEncoder().encode(name).length} bytes is a RangeError`, async () => {
    await using local = new Local();
    await assertRejects(() => Promise.resolve().then(() => local.service({}, name)), RangeError);
  });
}

for (const name of ["a\0b", "half a pair \ud800", 5 as unknown as string]) {
  test(`the name ${JSON.stringify(name)} is a TypeError`, async () => {
    await using local = new Local();
    await assertRejects(() => Promise.resolve().then(() => local.service({}, name)), TypeError);
  });
}
