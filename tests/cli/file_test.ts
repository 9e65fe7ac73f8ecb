import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { mkdirSync, realpathSync, writeFileSync } from "node:fs";
import { isAlive } from "../../src/process/mod.ts";
import { OWN, start as startScript, temporaryDirectory, test } from "../harness/mod.ts";
import { run, SLEEP, start } from "./cli.ts";

/** A directory with a procref.json. */
function project(file: unknown): { readonly path: string } & Disposable {
  const directory = temporaryDirectory();
  const text = typeof file === "string" ? file : JSON.stringify(file);
  writeFileSync(`${directory.path}/procref.json`, text);
  return directory;
}

const PROGRAM = `import { createServer } from "node:net";
createServer().listen(Number(process.argv[2]), "127.0.0.1", () => console.log("listening"));`;

for (const runtime of OWN) {
  test(`${runtime}: procref with takes several services from the next procref.json upwards`, async () => {
    using home = project(`{
      // One with a port, one without.
      "services": {
        "data-base": {
          "command": ["${process()}", "run", "server.mjs", "{port}"],
          "port": "free",
          "ready": { "line": "listening", "port": true, "timeout": "20s" },
          "provides": { "DATABASE_URL": "tcp://127.0.0.1:{port}/?pid={pid}" },
        },
        "nap": { "command": "pwd >where; echo $GREETING >said; ${SLEEP}", "cwd": "inner", "env": { "GREETING": "hello" } },
      },
    }`);
    writeFileSync(`${home.path}/server.mjs`, PROGRAM);
    mkdirSync(`${home.path}/inner/deeper`, { recursive: true });
    const command =
      "echo $DATA_BASE_PORT $PORT $DATA_BASE_PID $NAP_PID $DATABASE_URL; cat ../where ../said";
    const words = ["with", "data-base", "nap", "--", "sh", "-c", command];
    const { code, out, err } = await run(runtime, words, { cwd: `${home.path}/inner/deeper` });
    assertEquals([code, err], [0, ""]);
    const [line = "", where, said] = out.split("\n");
    const [port, same, pid, nap, url] = line.split(" ");
    assertEquals([where, said], [`${realpathSync(home.path)}/inner`, "hello"]);
    assertEquals(port, same);
    assertEquals(url, `tcp://127.0.0.1:${port}/?pid=${pid}`);
    assertEquals([Number(pid), Number(nap)].map(isAlive), [false, false]);
  });

  test(`${runtime}: services of two files are two, though they have one name; those of the user are one`, async () => {
    const user = `user-${crypto.randomUUID()}`;
    const services = { nap: { command: SLEEP }, [user]: { command: SLEEP, scope: "user" } };
    using one = project({ services });
    using other = project({ services });
    const prefix = user.toUpperCase().replaceAll("-", "_");
    const words = [
      "with",
      "nap",
      user,
      "--",
      "sh",
      "-c",
      `echo $NAP_PID $${prefix}_PID; read line`,
    ];
    await using a = start(runtime, words, { cwd: one.path });
    await using b = start(runtime, words, { cwd: other.path });
    await using c = start(runtime, [
      words[0] ?? "",
      "--config",
      `${one.path}/procref.json`,
      ...words.slice(1),
    ]);
    const [napA, userA] = (await a.line()).split(" ");
    const [napB, userB] = (await b.line()).split(" ");
    const [napC, userC] = (await c.line()).split(" ");
    assertEquals([napA === napB, napA === napC], [false, true]);
    assertEquals([userA, userA], [userB, userC]);

    const status = await run(runtime, ["status", "nap", "--json"], { cwd: one.path });
    const { name, count, info, config } = JSON.parse(status.out);
    const file = `${realpathSync(one.path)}/procref.json`;
    assertEquals([name, count, info.pid, config], ["nap", 2, Number(napA), file]);
    const listed = JSON.parse((await run(runtime, ["list", "--json"], { cwd: one.path })).out);
    const mine = listed.filter((one: { name: string }) => ["nap", user].includes(one.name));
    assertEquals(mine.length, 3);
    for (const running of [a, b, c]) running.type("\n");
    for (const running of [a, b, c]) assertEquals((await running.ended).code, 0);
    assertStringIncludes((await run(runtime, ["list", "--names"], { cwd: one.path })).out, "nap\n");
  });

  test(`${runtime}: what a procref.json says wrong is told by line, column and key`, async () => {
    using home = project('{\n  "services": {\n    "pg": { "comand": "x" }\n  }\n}\n');
    const { code, err } = await run(runtime, ["with", "pg", "--", "true"], { cwd: home.path });
    assertEquals(code, 125);
    const path = `${realpathSync(home.path)}/procref.json`;
    assertEquals(
      err,
      `procref: ${path}:3:11: services.pg.command is missing\n` +
        `${path}:3:13: services.pg.comand is no key here; is "command" meant?\n`,
    );
    assertEquals((await run(runtime, ["list"], { cwd: home.path })).code, 1);
  });

  test(`${runtime}: a name that a procref.json lacks is told with those that it has`, async () => {
    using home = project({ services: { pg: { command: SLEEP }, redis: { command: SLEEP } } });
    const { code, err } = await run(runtime, ["with", "pq", "--", "true"], { cwd: home.path });
    assertEquals(code, 125);
    assertMatch(err, /procref.json does not name it \(it has pg, redis\)/);
  });

  test(`${runtime}: sharedFixture() takes a service by name from the same file`, async () => {
    using home = project({ services: { nap: { command: SLEEP } } });
    const words = ["with", "nap", "--", "sh", "-c", "echo $NAP_PID; read line"];
    await using shell = start(runtime, words, { cwd: home.path });
    const pid = Number(await shell.line());
    const script = new URL("./fixture_client.ts", import.meta.url);
    await using client = startScript(runtime, script, { args: [home.path] });
    assertEquals(await client.line(), `${pid} 2`);
    assertMatch(await client.line(), /^not_found .*No service "absent" in .*; there are: nap$/);
    shell.type("\n");
    assertEquals((await shell.ended).code, 0);
    assertEquals(isAlive(pid), true);
    client.tell("end");
    await client.ended;
    // The guardian stops it; the harness sees that it goes.
  });
}

/** This runtime's executable or the other's: either runs a script. */
function process(): string {
  return new URL("../../node_modules/.bin/bun", import.meta.url).pathname;
}
