// The package for npm: packed by `deno task npm`, and in a project of its own, where no registry but the test's is there.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { DENO } from "../examples/client_process.ts";
import { OWN, temporaryDirectory, test, uniqueName } from "../harness/mod.ts";
import { type Outcome, Running } from "./cli.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const NAME = "@procref/procref";
const { version, exports } = JSON.parse(readFileSync(`${ROOT}deno.json`, "utf8"));
const NOBODY = "http://127.0.0.1:9/";

let packed: Uint8Array | undefined;

/** The packed package. */
function tarball(): Uint8Array {
  if (packed === undefined) {
    using directory = temporaryDirectory();
    const folder = `${directory.path}/npm`;
    execFileSync(DENO, ["run", "--quiet", "-A", ".ci/npm.ts", folder], {
      cwd: ROOT,
      stdio: ["ignore", "ignore", "inherit"],
    });
    const [file = ""] = readdirSync(folder);
    packed = readFileSync(`${folder}/${file}`);
  }
  return packed;
}

/** A user who has Bun and nothing else, and an empty project. */
class User implements Disposable {
  readonly #directory = temporaryDirectory();
  readonly home = this.#directory.path;
  readonly project = `${this.home}/project`;
  readonly package = `${this.project}/node_modules/${NAME}`;
  readonly #registry: string;

  constructor(registry = NOBODY) {
    this.#registry = registry;
    for (const folder of ["project", "bin", "tmp"]) mkdirSync(`${this.home}/${folder}`);
    for (const name of ["bun", "bunx"]) {
      symlinkSync(`${ROOT}node_modules/.bin/bun`, `${this.home}/bin/${name}`);
    }
    writeFileSync(`${this.project}/package.json`, '{ "type": "module" }');
  }

  /** Runs a command in the project. */
  async run(...words: readonly string[]): Promise<Outcome> {
    const env = {
      HOME: this.home,
      PATH: `${this.home}/bin:${this.home}/.bun/bin:/usr/bin:/bin`,
      BUN_INSTALL: `${this.home}/.bun`,
      BUN_INSTALL_CACHE_DIR: `${this.home}/cache`,
      TMPDIR: `${this.home}/tmp`,
      BUN_TMPDIR: `${this.home}/tmp`,
      npm_config_registry: this.#registry,
    };
    await using running = new Running(["/usr/bin/env", ...words], { cwd: this.project, env });
    running.type("");
    return await running.ended;
  }

  /** The same of a command that succeeds; what it has printed. */
  async output(...words: readonly string[]): Promise<string> {
    const { code, out, err } = await this.run(...words);
    assertEquals([code, err], [0, ""]);
    return out;
  }

  /** Adds the package, from its file. */
  async add(...flags: readonly string[]): Promise<void> {
    writeFileSync(`${this.home}/procref.tgz`, tarball());
    const { code, err } = await this.run("bun", "add", ...flags, "../procref.tgz");
    assertEquals(code, 0, err);
  }

  [Symbol.dispose](): void {
    this.#directory[Symbol.dispose]();
  }
}

const USE = `
import { commandService, listServices } from "${NAME}/service";
import { isAlive } from "${NAME}/process";
import * as all from "${NAME}";
const name = process.argv.at(-1);
const handle = await commandService(name, { command: ["sleep", "600"] }).acquire();
const memory = all.SharedMemory.open(name, { size: 4096 });
memory.writeObject({ pid: handle.pid });
console.log(memory.readObject().pid === handle.pid, isAlive(handle.pid), handle instanceof all.ServiceHandle);
memory.close();
all.SharedMemory.unlink(name);
await handle.release();
console.log(isAlive(handle.pid), (await listServices()).some((one) => one.name === name));
`;

const LIST = `
for (const entry of process.argv.slice(2)) console.log(entry, Object.keys(await import(entry)).sort().join());
`;

const TYPED = `
import { commandService, type ServiceHandle } from "${NAME}/service";
import { main } from "${NAME}/cli";
import * as all from "${NAME}";
const handle: ServiceHandle = await commandService("x", { command: ["sleep", "1"] }).acquire();
const port: number | undefined = handle.port;
// @ts-expect-error It is a number.
const code: string = await main([]);
console.log(port, code, all);
`;

const PROJECT = {
  compilerOptions: {
    noEmit: true,
    strict: true,
    exactOptionalPropertyTypes: true,
    target: "esnext",
    module: "nodenext",
    lib: ["esnext", "dom"],
    skipDefaultLibCheck: true,
    types: [],
  },
  files: ["typed.ts"],
};

if (OWN.includes("bun")) {
  test("the package for npm, added from its file, brings the command to bunx", async () => {
    using user = new User();
    await user.add();
    assertEquals(await user.output("bunx", "procref", "--version"), `procref ${version}\n`);
    assertEquals(await user.output("bunx", NAME, "--version"), `procref ${version}\n`);
    const report = JSON.parse(await user.output("bunx", "procref", "doctor", "--json"));
    assertEquals([report.version, report.runtime], [version, "bun"]);
    assertEquals(await user.output("bunx", "procref", "run", "--", "echo", "hi"), "hi\n");
    const failing = await user.run("bunx", "procref", "run", "--", "sh", "-c", "exit 5");
    assertEquals(failing.code, 5);
  });

  test("the package for npm, added globally, puts the command on the PATH", async () => {
    using user = new User();
    await user.add("--global");
    assertEquals(await user.output("procref", "--version"), `procref ${version}\n`);
  });

  test("bunx fetches the package for npm from a registry and runs the command", async () => {
    await using registry = await serve(tarball());
    using user = new User(registry.url);
    const { code, out, err } = await user.run("bunx", NAME, "run", "--", "echo", "hi");
    assertEquals([code, out], [0, "hi\n"], err);
  });

  test("every entry point of the package for npm is what its source is, and shares a service", async () => {
    using user = new User();
    await user.add();
    writeFileSync(`${user.project}/use.js`, USE);
    const used = await user.output("bun", "use.js", uniqueName("npm"));
    assertEquals(used, "true true true\nfalse false\n");

    writeFileSync(`${user.project}/list.js`, LIST);
    const entries = Object.keys(exports).map((key) => NAME + key.slice(1));
    const expected = await Promise.all(
      Object.values<string>(exports).map(async (source, index) => {
        const names = Object.keys(await import(new URL(source, `file://${ROOT}`).href));
        return `${entries[index]} ${names.sort().join()}\n`;
      }),
    );
    assertEquals(await user.output("bun", "list.js", ...entries), expected.join(""));
  });

  test("the package for npm has its types, licenses and links, and needs no other package", async () => {
    using user = new User();
    await user.add();
    writeFileSync(`${user.project}/typed.ts`, TYPED);
    writeFileSync(`${user.project}/tsconfig.json`, JSON.stringify(PROJECT));
    assertEquals(await user.output("bun", `${ROOT}node_modules/typescript/bin/tsc`, "-p", "."), "");

    const text = (file: string) => readFileSync(`${user.package}/${file}`, "utf8");
    const manifest = JSON.parse(text("package.json"));
    assertEquals([manifest.name, manifest.version, manifest.license], [NAME, version, "MIT"]);
    assertEquals([manifest.dependencies, manifest.peerDependencies], [undefined, undefined]);
    assertStringIncludes(text("LICENSE-std"), "the Deno authors");
    assertStringIncludes(text("LICENSE-std"), "Permission is hereby granted");
    const links = [...text("README.md").matchAll(/(!?)\[[^\]]*\]\((?!#)([^)]*)\)/g)];
    assert(links.length > 20);
    for (const [, picture, to = ""] of links) {
      const start = `https://jsr.io/${NAME}/${version}/`;
      assertEquals([picture, to.slice(0, start.length)], ["", start]);
    }
  });
}

/** A registry with one package. */
async function serve(file: Uint8Array): Promise<{ readonly url: string } & AsyncDisposable> {
  let url = "";
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? "");
    const integrity = `sha512-${createHash("sha512").update(file).digest("base64")}`;
    const dist = { tarball: `${url}procref.tgz`, integrity };
    const bin = { procref: "js/cli.js" };
    const manifest = {
      name: NAME,
      "dist-tags": { latest: version },
      versions: { [version]: { name: NAME, version, bin, dist } },
    };
    const body = path === `/${NAME}` ? JSON.stringify(manifest) : file;
    response.writeHead(200, { connection: "close" }).end(body);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("It has no port");
  url = `http://127.0.0.1:${address.port}/`;
  const close = async () => {
    server.close();
    await once(server, "close");
  };
  return { url, [Symbol.asyncDispose]: close };
}
