import { assert, assertEquals } from "@std/assert";
import { execFileSync } from "node:child_process";
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { OWN, temporaryDirectory, test, uniqueName } from "../harness/mod.ts";
import { DENO } from "./client_process.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const NAME = "@procref/procref";

type Exports = Readonly<Record<string, string>>;

/** The entry points that a folder's deno.json names. */
function exportsOf(folder: string): Exports {
  return JSON.parse(readFileSync(`${folder}/deno.json`, "utf8")).exports;
}

/**
 * A project that has the package as the npm layer of JSR puts it there: JavaScript only, under `@procref/procref`,
 * and what it imports from `@std` under the names that JSR gives to npm.
 */
function project(path: string): Exports {
  const folder = `${path}/node_modules/${NAME}`;
  execFileSync(DENO, ["run", "--quiet", "-A", ".ci/package.ts", folder], { cwd: ROOT });
  for (const source of ["mod.ts", "ffi", "src"]) rmSync(`${folder}/${source}`, { recursive: true });
  const exports = exportsOf(folder);
  const imports = standard(path, folder);
  const manifest = { name: "@jsr/procref__procref", version: "0.0.0", type: "module", exports };
  writeFileSync(`${folder}/package.json`, JSON.stringify(manifest));
  writeFileSync(`${path}/package.json`, JSON.stringify({ type: "module" }));
  for (const [key, file] of Object.entries(exports)) {
    imports[NAME + key.slice(1)] = `./node_modules/${NAME}${file.slice(1)}`;
  }
  writeFileSync(`${path}/import_map.json`, JSON.stringify({ imports }));
  return exports;
}

/** Puts what the package imports from `@std` beside it, and says where that is. */
function standard(path: string, folder: string): Record<string, string> {
  const { imports }: { imports: Exports } = JSON.parse(
    readFileSync(`${ROOT}deno.json`, "utf8"),
  );
  const found: Record<string, string> = {};
  for (const file of globSync(`${folder}/js/**/*.js`)) {
    const renamed = readFileSync(file, "utf8").replace(
      /"@std\/([\w-]+)([\w/-]*)"/g,
      (original, area, rest) => {
        const name = `@jsr/std__${area}${rest}`;
        found[name] = imports[JSON.parse(original)] ?? "";
        return JSON.stringify(name);
      },
    );
    writeFileSync(file, renamed);
  }
  return Object.fromEntries(
    Object.entries(found).map(([name, npm]) => [name, standIn(path, name, npm)]),
  );
}

function standIn(path: string, name: string, npm: string): string {
  const original = npm.replace(/^npm:deno-std@[^/]*/, `${ROOT}node_modules/deno-std`);
  const folder = `${path}/node_modules/${name}`;
  mkdirSync(folder, { recursive: true });
  const code = `export * from ${JSON.stringify(pathToFileURL(original).href)};\n`;
  writeFileSync(`${folder}/index.js`, code);
  writeFileSync(`${folder}/package.json`, JSON.stringify({ type: "module", main: "index.js" }));
  return `${folder}/index.js`;
}

const USE = `
import * as all from "${NAME}";
import * as service from "${NAME}/service";
import * as sync from "${NAME}/sync";
const { commandService, SharedMemory } = all;
const name = (globalThis.Deno?.args ?? process.argv).at(-1);
await using handle = await commandService(name, { command: ["sleep", "600"] }).acquire();
{
  using memory = SharedMemory.open(name, { size: 4096 });
  memory.writeObject({ pid: handle.pid });
  console.log(memory.readObject().pid === handle.pid);
  SharedMemory.unlink(name);
}
console.log(handle instanceof service.ServiceHandle, all.ProcrefError === sync.ProcrefError);
`;

const LIST = `
for (const entry of (globalThis.Deno?.args ?? process.argv.slice(2))) {
  console.log(entry, Object.keys(await import(entry)).sort().join());
}
`;

// What another system loads is all run at the start, where the parts wait for one another, or for ever.
const ELSEWHERE = `
const [os, ...entries] = globalThis.Deno?.args ?? process.argv.slice(2);
if (globalThis.Bun) {
  Object.defineProperty(process, "platform", { value: os === "windows" ? "win32" : os });
} else {
  const build = { ...Deno.build, os };
  Object.defineProperty(Deno, "build", { value: build });
}
for (const entry of entries) await import(entry);
console.log(os);
`;

test("the bundle for Linux awaits nothing when it is loaded, and has nothing of other systems", () => {
  using directory = temporaryDirectory();
  project(directory.path);
  const folder = `${directory.path}/node_modules/${NAME}/js/linux`;
  const files = globSync("**/*.js", { cwd: folder });
  assert(files.length > 50, files.join());
  assertEquals(files.filter((file) => /darwin|windows|kqueue|kernel32|ntdll/.test(file)), []);
  const waiting = files.filter((file) =>
    /^\S.*\bawait\b/m.test(
      readFileSync(`${folder}/${file}`, "utf8").replace(/^(async |const PASS).*$/gm, ""),
    )
  );
  assertEquals(waiting, []);
});

for (const runtime of OWN) {
  const [program, ...args] = runtime === "bun"
    ? [`${ROOT}node_modules/.bin/bun`, "run"] as const
    : [DENO, "run", "-A", "--quiet", "--no-config", "--import-map=import_map.json"] as const;

  /** Runs a script in a project. */
  const run = (path: string, script: string, ...more: string[]): string[] => {
    writeFileSync(`${path}/script.mjs`, script);
    const output = execFileSync(program, [...args, "script.mjs", ...more], {
      cwd: path,
      encoding: "utf8",
      env: { ...process.env, NO_COLOR: "1" },
    });
    return output.trim().split("\n");
  };

  test(`every entry point of the package as it is published is what its source is, in ${runtime}`, async () => {
    using directory = temporaryDirectory();
    const keys = Object.keys(project(directory.path));
    const sources = exportsOf(ROOT);
    assertEquals(keys, Object.keys(sources));
    const expected = await Promise.all(keys.map(async (key) => {
      const names = Object.keys(await import(new URL(sources[key] ?? "", `file://${ROOT}`).href));
      return `${NAME}${key.slice(1)} ${names.sort().join()}`;
    }));
    assertEquals(run(directory.path, LIST, ...keys.map((key) => NAME + key.slice(1))), expected);
  });

  test(`the package as it is published works in a project of its own, in ${runtime}`, () => {
    using directory = temporaryDirectory();
    project(directory.path);
    assertEquals(run(directory.path, USE, uniqueName("package")), ["true", "true true"]);
  });

  for (const os of ["darwin", "windows"]) {
    test(`every entry point of the package as it is published loads in ${runtime} on ${os}`, () => {
      using directory = temporaryDirectory();
      const keys = Object.keys(project(directory.path));
      const entries = keys.map((key) => NAME + key.slice(1));
      assertEquals(run(directory.path, ELSEWHERE, os, ...entries), [os]);
    });
  }
}
