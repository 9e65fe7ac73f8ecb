// Services from a procref.json, whose paths are those of Windows.

import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from "node:fs";
import process from "node:process";
import { commandLine } from "../../src/child/windows/command_line.ts";
import { isAlive } from "../../src/process/mod.ts";
import { ProcrefError, serviceFromFile } from "../../src/service/mod.ts";
import { directoryIn, partsOf, serviceIn } from "../../src/service/file/from_file.ts";
import { findFile, readFile } from "../../src/service/file/read.ts";
import { windows as paths } from "../../src/service/file/paths_windows.ts";
import { eventually, temporaryDirectory, windowsTest as test } from "../harness/mod.ts";
import { script } from "./programs.ts";

/** A directory with a procref.json. */
function project(services: unknown): { readonly path: string; readonly file: string } & Disposable {
  const directory = temporaryDirectory();
  const path = realpathSync(directory.path);
  const text = typeof services === "string" ? services : JSON.stringify({ services });
  writeFileSync(`${path}\\procref.json`, text);
  return {
    path,
    file: `${path}\\procref.json`,
    [Symbol.dispose]: () => directory[Symbol.dispose](),
  };
}

const SLEEP = "ping -n 1000 127.0.0.1";

test("serviceFromFile() shares a program by its file, with paths from where that lies", async () => {
  const { program, args } = script("tree");
  using home = project({
    tree: { command: [program, ...args], log: "out\\log", directory: "records", cwd: "out" },
  });
  mkdirSync(`${home.path}\\out`);
  const one = await serviceFromFile("tree", home.file);
  const other = await serviceFromFile("tree", `${home.path.replaceAll("\\", "/")}/./procref.json`);
  assertEquals([one.name, other.name], [`tree (${home.file})`, `tree (${home.file})`]);
  assertEquals(partsOf(one.name), { name: "tree", config: home.file });
  const handle = await one.acquire();
  const same = await other.acquire();
  assertEquals(same.pid, handle.pid);
  assertEquals(readdirSync(`${home.path}\\records`).length, 1);
  const log = () => readFileSync(`${home.path}\\out\\log`, "utf8");
  await eventually(() => /^\d+\r?\n$/.test(log()), 20_000);
  await same.release();
  assert(isAlive(handle.pid));
  await handle.release();
  assertEquals([handle.pid, Number(log())].map(isAlive), [false, false]);
});

test("a text is a line of cmd.exe: quotes, variables, redirections, and a working directory", async () => {
  using home = project({
    line: {
      command: `echo "%GREETING% {port}">"a b.txt"& cd >where& ${SLEEP}`,
      cwd: "inner",
      port: "free",
      ready: { port: false },
      env: { GREETING: "hello" },
      directory: ".",
    },
  });
  mkdirSync(`${home.path}\\inner`);
  const service = await serviceFromFile("line", home.file);
  const handle = await service.acquire();
  const text = (name: string) =>
    existsSync(`${home.path}\\inner\\${name}`)
      ? readFileSync(`${home.path}\\inner\\${name}`, "utf8")
      : "";
  await eventually(() => text("where").endsWith("\n"), 20_000);
  assertEquals(text("a b.txt").trim(), `"hello ${handle.port}"`);
  assertEquals(text("where").trim().toLowerCase(), `${home.path}\\inner`.toLowerCase());
  await handle.release();
  assertEquals(isAlive(handle.pid), false);
});

test("the next procref.json upwards is found, up to the drive", () => {
  using home = project({ nap: { command: SLEEP } });
  mkdirSync(`${home.path}\\a\\b`, { recursive: true });
  assertEquals(findFile(`${home.path}\\a\\b`), home.file);
  assertEquals(findFile(home.path), home.file);
  const system = process.env["SystemRoot"] ?? "C:\\windows";
  assertEquals(findFile(system), undefined);
  const ways = (path: string) => {
    const all = [path];
    for (let up = paths.parentOf(path); up !== undefined; up = paths.parentOf(up)) all.push(up);
    return all;
  };
  assertEquals(ways("C:\\a\\b"), ["C:\\a\\b", "C:\\a", "C:\\"]);
  assertEquals(ways("\\\\host\\share\\a"), ["\\\\host\\share\\a", "\\\\host\\share"]);
  assertEquals(
    ["x", "D:\\x", "\\x", "\\\\host\\share\\x", "../x", "d:/x/y"].map((path) =>
      paths.within("C:\\a\\b", path)
    ),
    ["C:\\a\\b\\x", "D:\\x", "C:\\x", "\\\\host\\share\\x", "C:\\a\\x", "d:\\x\\y"],
  );
});

test("a file that is missing or wrong is told with its path, line and column", async () => {
  using home = project('{\n  "services": {\n    "pg": { "comand": "x" }\n  }\n}\n');
  const code = async (name: string, path: string) => {
    const error = await assertRejects(() => serviceFromFile(name, path), ProcrefError);
    return [error.code, error.message];
  };
  assertEquals((await code("pg", `${home.path}\\missing.json`))[0], "not_found");
  assertEquals((await code("pg", home.path))[0], "not_found");
  const [invalid, message] = await code("pg", home.file);
  assertEquals(invalid, "invalid_config");
  assertMatch(message ?? "", /procref\.json:3:11: services\.pg\.command is missing\n/);
  using good = project({
    nap: { command: SLEEP, directory: "x" },
    user: { command: "x", scope: "user" },
  });
  const [absent, told] = await code("pg", good.file);
  assertEquals(absent, "not_found");
  assertMatch(told ?? "", /there are: nap, user$/);
  const file = readFile(good.file);
  assertEquals(directoryIn(file, "nap"), `${good.path}\\x`);
  assertEquals(serviceIn(file, "user").name, "user");
});

test("a line for cmd.exe is left as it stands, and other arguments are quoted", () => {
  const line = 'echo "a b" & c';
  assertEquals(
    commandLine(["C:\\x\\cmd.exe", "/d", "/s", "/c", line]),
    `C:\\x\\cmd.exe /d /s /c "${line}"`,
  );
  assertEquals(commandLine(["CMD", "/s", "/c", ""]), 'CMD /s /c ""');
  assertEquals(commandLine(["cmd", "/c", 'a "b"']), 'cmd /c "a \\"b\\""');
  assertEquals(commandLine(["x.exe", "/s", "/c", 'a "b"']), 'x.exe /s /c "a \\"b\\""');
});
