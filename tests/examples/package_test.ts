import { assertEquals } from "@std/assert";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { RUNTIMES, temporaryDirectory, test, uniqueName } from "../harness/mod.ts";
import { DENO } from "./client_process.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const NAME = "@procref/procref";

interface Config {
  readonly exports: Readonly<Record<string, string>>;
}

/** A project that has the package where the npm layer of JSR puts it. */
function project(path: string): void {
  const folder = `${path}/node_modules/${NAME}`;
  execFileSync(DENO, ["run", "--quiet", "-A", ".ci/package.ts", folder], { cwd: ROOT });
  const { exports }: Config = JSON.parse(readFileSync(`${folder}/deno.json`, "utf8"));
  const manifest = { name: NAME, version: "0.0.0", type: "module", exports };
  writeFileSync(`${folder}/package.json`, JSON.stringify(manifest));
  const standard = `${path}/node_modules/@std/msgpack`;
  mkdirSync(standard, { recursive: true });
  const original = pathToFileURL(`${ROOT}node_modules/deno-std/msgpack/mod.js`).href;
  writeFileSync(`${standard}/index.js`, `export * from ${JSON.stringify(original)};\n`);
  writeFileSync(`${standard}/package.json`, JSON.stringify({ type: "module", main: "index.js" }));
  writeFileSync(`${path}/package.json`, JSON.stringify({ type: "module" }));
  const imports = Object.entries(exports).map(([key, file]) => [
    NAME + key.slice(1),
    `./node_modules/${NAME}${file.slice(1)}`,
  ]);
  const map = {
    imports: { ...Object.fromEntries(imports), "@std/msgpack": `${standard}/index.js` },
  };
  writeFileSync(`${path}/import_map.json`, JSON.stringify(map));
}

const SCRIPT = `
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
console.log(Object.keys(service).join());
`;

test("the package as it is published is what the sources are, in a project of its own", async () => {
  using directory = temporaryDirectory();
  project(directory.path);
  writeFileSync(`${directory.path}/script.mjs`, SCRIPT);
  const names = Object.keys(await import("@procref/procref/service")).sort().join();
  for (const runtime of RUNTIMES) {
    const [program, ...args] = runtime === "bun"
      ? [`${ROOT}node_modules/.bin/bun`, "run"] as const
      : [DENO, "run", "-A", "--quiet", "--no-config", "--import-map=import_map.json"] as const;
    const output = execFileSync(program, [...args, "script.mjs", uniqueName("package")], {
      cwd: directory.path,
      encoding: "utf8",
      env: { ...process.env, NO_COLOR: "1" },
    });
    const [memory, classes, exported = ""] = output.trim().split("\n");
    assertEquals([memory, classes, exported.split(",").sort().join()], [
      "true",
      "true true",
      names,
    ]);
  }
});
