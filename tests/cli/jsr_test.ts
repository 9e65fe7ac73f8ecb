// The command as JSR delivers it: from a registry on this machine, which has the package as `deno task package` builds
// it and the two packages of `@std` that it imports.

import { assert, assertEquals } from "@std/assert";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, globSync, mkdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { isAlive, waitForExit } from "../../src/process/mod.ts";
import { DENO } from "../examples/client_process.ts";
import { OWN, temporaryDirectory, test, uniqueName } from "../harness/mod.ts";
import { type Outcome, Running, SLEEP } from "./cli.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const NAME = "@procref/procref";
const { version } = JSON.parse(readFileSync(`${ROOT}deno.json`, "utf8"));
const LINK = /\]\((?!\w+:|#)([^)#]+)(?:#[^)]*)?\)/g;
const GONE = 5000;

interface Package {
  readonly version: string;
  readonly exports: Readonly<Record<string, string>>;
  readonly files: ReadonlyMap<string, string>;
}

if (OWN.includes("deno")) {
  test("`deno run` and `deno install` of jsr:@procref/procref/cli are the command", async () => {
    using directory = temporaryDirectory();
    mkdirSync(`${directory.path}/bin`);
    symlinkSync(DENO, `${directory.path}/bin/deno`);
    await using registry = await serve(packages(`${directory.path}/package`));
    const env = {
      DENO_DIR: `${directory.path}/cache`,
      DENO_INSTALL_ROOT: `${directory.path}/installed`,
      JSR_URL: registry.url,
      PATH: `${directory.path}/installed/bin:${directory.path}/bin:/usr/bin:/bin`,
    };
    const run = (...words: string[]) => output(words, directory.path, env);

    const first = await run("deno", "run", "--quiet", "-A", `jsr:${NAME}/cli`, "--version");
    assertEquals([first.code, first.out], [0, `procref ${version}\n`], first.err);
    assert(registry.asked.some((path) => path.includes("/js/linux/")), registry.asked.join());
    assertEquals(registry.asked.filter((path) => path.includes("/js/others/")), []);

    const install = ["-gA", "--quiet", "-n", "procref", `jsr:${NAME}/cli`];
    const installed = await run("deno", "install", ...install);
    assertEquals(installed.code, 0, installed.err);
    await registry[Symbol.asyncDispose]();
    assertEquals((await run("procref", "run", "--", "sh", "-c", "exit 5")).code, 5);

    // The last client's death: neither the registry nor the cache is needed for the stop.
    const name = uniqueName("jsr");
    const words = ["with", name, "--start", SLEEP, "--env-prefix=S", "--"];
    await using client = new Running(
      ["procref", ...words, "sh", "-c", "echo $S_PID; read line"],
      { cwd: directory.path, env },
    );
    const pid = Number(await client.line());
    assertEquals(isAlive(pid), true);
    client.signal("SIGKILL");
    await client.ended;
    await waitForExit(pid, { timeout: GONE });
  });

  // JSR makes links to files of the package of them.
  test("every link of a published page leads to a published file", () => {
    using directory = temporaryDirectory();
    build(directory.path);
    const missing = globSync("**/*.md", { cwd: directory.path }).flatMap((page) => {
      const links = readFileSync(`${directory.path}/${page}`, "utf8").matchAll(LINK);
      const files = [...links].map(([, to = ""]) => join(dirname(page), to));
      return files.filter((file) => !existsSync(`${directory.path}/${file}`));
    });
    assertEquals(missing, []);
  });
}

function build(folder: string): void {
  execFileSync(DENO, ["run", "--quiet", "-A", ".ci/package.ts", folder], {
    cwd: ROOT,
    stdio: ["ignore", "ignore", "inherit"],
  });
}

async function output(
  words: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<Outcome> {
  await using running = new Running(["/usr/bin/env", ...words], { cwd, env });
  running.type("");
  return await running.ended;
}

/** What the registry has. */
function packages(folder: string): ReadonlyMap<string, Package> {
  build(folder);
  const { exports, imports } = JSON.parse(readFileSync(`${folder}/deno.json`, "utf8"));
  const std = { version: "1.9.9", files: filesOf(`${ROOT}node_modules/deno-std`) };
  return new Map([
    [NAME, { version, exports, files: filesOf(folder, imports) }],
    ["@std/cli", { ...std, exports: { "./parse-args": "./cli/parse_args.js" } }],
    ["@std/msgpack", { ...std, exports: { ".": "./msgpack/mod.js" } }],
  ]);
}

/** The modules of a folder; `deno publish` writes into them where imports come from. */
function filesOf(
  folder: string,
  imports: Readonly<Record<string, string>> = {},
): ReadonlyMap<string, string> {
  const paths = globSync("**/*.{js,ts}", { cwd: folder });
  return new Map(
    paths.filter((path) => statSync(`${folder}/${path}`).isFile()).map((path) => {
      const text = readFileSync(`${folder}/${path}`, "utf8");
      return [
        `/${path}`,
        text.replace(/"(@std\/[^"]*)"/g, (all, name) => {
          const from = imports[name];
          return from === undefined ? all : JSON.stringify(from);
        }),
      ];
    }),
  );
}

/** Serves packages as JSR does. */
async function serve(
  packages: ReadonlyMap<string, Package>,
): Promise<{ readonly url: string; readonly asked: readonly string[] } & AsyncDisposable> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    asked.push(path);
    const [, scope, area, ...rest] = path.split("/");
    const found = packages.get(`${scope}/${area}`);
    const body = found && answer(found, rest.join("/"));
    response.writeHead(body === undefined ? 404 : 200, { connection: "close" }).end(body);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("It has no port");
  const close = async () => {
    if (!server.listening) return;
    server.close();
    await once(server, "close");
  };
  return { url: `http://127.0.0.1:${address.port}/`, asked, [Symbol.asyncDispose]: close };
}

function answer({ version, exports, files }: Package, path: string): string | undefined {
  if (path === "meta.json") return JSON.stringify({ latest: version, versions: { [version]: {} } });
  if (path === `${version}_meta.json`) {
    const manifest = Object.fromEntries([...files].map(([name, text]) => [name, {
      size: text.length,
      checksum: `sha256-${createHash("sha256").update(text).digest("hex")}`,
    }]));
    return JSON.stringify({ manifest, exports });
  }
  return files.get(path.replace(version, ""));
}
