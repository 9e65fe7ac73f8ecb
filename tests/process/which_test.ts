import { assertEquals } from "@std/assert";
import { chmodSync, mkdirSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import process from "node:process";
import { which } from "../../src/process/mod.ts";
import { temporaryDirectory, test } from "../harness/mod.ts";

/** A directory tree of a test's own: files that end in `*` are executable, names that end in `/` directories. */
function tree(...entries: string[]): { readonly path: string } & Disposable {
  const root = temporaryDirectory();
  for (const entry of entries) {
    const path = `${root.path}/${entry.replace("*", "")}`;
    mkdirSync(entry.endsWith("/") ? path : path.slice(0, path.lastIndexOf("/")), {
      recursive: true,
    });
    if (entry.endsWith("/")) continue;
    writeFileSync(path, "#!/bin/sh\n");
    chmodSync(path, entry.endsWith("*") ? 0o755 : 0o644);
  }
  return root;
}

test("which() finds the first of several directories", () => {
  using root = tree("a/tool*", "b/tool*");
  const [a, b] = ["a", "b"].map((name) => `${root.path}/${name}`);
  assertEquals(which("tool", { path: `${a}:${b}` }), `${a}/tool`);
  assertEquals(which("tool", { path: `${b}:${a}` }), `${b}/tool`);
});

test("which() passes over directories of that name and files that are not executable", () => {
  using root = tree("a/tool/", "b/tool", "c/tool*");
  const path = ["missing", "a", "b", "c"].map((name) => `${root.path}/${name}`).join(":");
  assertEquals(which("tool", { path }), `${root.path}/c/tool`);
});

test("which() passes over links that lead nowhere, and follows those that lead to a program", () => {
  using root = tree("a/", "b/", "c/real*");
  symlinkSync(`${root.path}/nowhere`, `${root.path}/a/tool`);
  symlinkSync(`${root.path}/c/real`, `${root.path}/b/tool`);
  const path = `${root.path}/a:${root.path}/b`;
  assertEquals(which("tool", { path }), `${root.path}/b/tool`);
});

test("which() is undefined for what is nowhere, for an empty name and for one with NUL", () => {
  using root = tree("a/tool*");
  const path = `${root.path}/a`;
  assertEquals(["other", "", "too\0l", ".", ".."].map((name) => which(name, { path })), [
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

test("which() with an empty path finds nothing", () => {
  assertEquals(which("sh", { path: "" }), undefined);
});

test("which() takes an empty entry of the path for the working directory it is told", () => {
  using root = tree("here/tool*", "there/");
  const cwd = `${root.path}/here`;
  for (const path of [`:${root.path}/there`, `${root.path}/there:`, `${root.path}/there::/x`]) {
    assertEquals(which("tool", { path, cwd }), `${cwd}/tool`);
  }
});

test("which() takes relative entries of the path from the working directory it is told", () => {
  using root = tree("project/bin/tool*");
  const cwd = `${root.path}/project`;
  assertEquals(which("tool", { path: "bin", cwd }), `${cwd}/bin/tool`);
});

test("which() takes a name with a slash for a path, and never looks for it in the path", () => {
  using root = tree("bin/tool*", "bin/sub/tool*");
  const options = { path: `${root.path}/bin`, cwd: `${root.path}` };
  assertEquals(which("bin/tool", options), `${root.path}/bin/tool`);
  assertEquals(which("./bin/tool", options), `${root.path}/bin/tool`);
  assertEquals(which(`${root.path}/bin/tool`, options), `${root.path}/bin/tool`);
  assertEquals(which("sub/tool", options), undefined);
});

test("which() with preferLocal looks into node_modules/.bin, here first and then upwards, before the path", () => {
  using root = tree(
    "project/node_modules/.bin/near*",
    "node_modules/.bin/near*",
    "node_modules/.bin/far*",
    "path/near*",
    "path/far*",
    "path/other*",
  );
  const options = { path: `${root.path}/path`, cwd: `${root.path}/project`, preferLocal: true };
  assertEquals(which("near", options), `${options.cwd}/node_modules/.bin/near`);
  assertEquals(which("far", options), `${root.path}/node_modules/.bin/far`);
  assertEquals(which("other", options), `${root.path}/path/other`);
});

test("which() without preferLocal doesn't look into node_modules/.bin", () => {
  using root = tree("node_modules/.bin/tool*");
  assertEquals(which("tool", { path: "/usr/bin", cwd: root.path }), undefined);
});

test("which() without options looks into this process's PATH", () => {
  const found = which("sh");
  assertEquals(found?.endsWith("/sh"), true);
  assertEquals(realpathSync(found ?? ""), realpathSync("/bin/sh"));
  assertEquals((process.env["PATH"] ?? "").split(":").includes(found?.slice(0, -3) ?? ""), true);
});
