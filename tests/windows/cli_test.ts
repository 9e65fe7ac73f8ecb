// The verbs of the procref command that look at services and stop them, as programs on Windows.

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { realpathSync, writeFileSync } from "node:fs";
import process from "node:process";
import { isAlive } from "../../src/process/mod.ts";
import { commandService } from "../../src/service/mod.ts";
import { OWN, temporaryDirectory, uniqueName, windowsTest as test } from "../harness/mod.ts";
import { run } from "../cli/cli.ts";
import { SLEEPER } from "../service/sleeper.ts";

const command = [SLEEPER[0], ...SLEEPER[1]] as const;

for (const runtime of OWN) {
  test(`${runtime}: list, status and stop tell of a service and stop it only if nobody uses it`, async () => {
    const name = uniqueName("cli");
    await using handle = await commandService(name, { command }).acquire();
    const listed = JSON.parse((await run(runtime, ["list", "--json"])).out);
    const one = listed.find((status: { name: string }) => status.name === name);
    assertEquals([one.state, one.count, one.healthy], ["running", 1, true]);
    assertEquals(one.holders.map(({ pid }: { pid: number }) => pid), [process.pid]);
    const table = (await run(runtime, ["list"])).out;
    assertMatch(table, new RegExp(`${name} +running +1 +${handle.pid}`));
    assertStringIncludes((await run(runtime, ["list", "--names"])).out, `${name}\n`);

    const status = await run(runtime, ["status", name, "--json"]);
    assertEquals([status.code, JSON.parse(status.out).info.pid], [0, handle.pid]);
    const details = (await run(runtime, ["status", name])).out;
    assertMatch(details, new RegExp(`^held by +${process.pid}$`, "m"));

    const refused = await run(runtime, ["stop", name]);
    assertEquals([refused.code, refused.out], [1, ""]);
    assertStringIncludes(refused.err, `has 1 client: pid ${process.pid}`);
    assert(isAlive(handle.pid));
    const forced = await run(runtime, ["stop", name, "--force", "--json"]);
    assertEquals([forced.code, JSON.parse(forced.out)], [0, { name, stopped: true }]);
    assert(!isAlive(handle.pid));

    await handle.release();
    const absent = await run(runtime, ["status", name, "--json"]);
    assertEquals([absent.code, JSON.parse(absent.out).state], [3, "absent"]);
    assertEquals(JSON.parse((await run(runtime, ["stop", name, "--json"])).out).stopped, false);
  });

  test(`${runtime}: services of the next procref.json upwards are listed, and what it says wrong is told`, async () => {
    using directory = temporaryDirectory();
    const home = realpathSync(directory.path);
    const write = (text: string) => writeFileSync(`${home}\\procref.json`, text);
    write('{ "services": { "pg": { "command": "x" }, "redis": { "command": ["y"] } } }');
    const { code, out, err } = await run(runtime, ["list", "--json"], { cwd: home });
    assertEquals([code, err], [0, ""]);
    const named = JSON.parse(out).filter(({ config }: { config?: string }) =>
      config === `${home}\\procref.json`
    );
    assertEquals(
      named.map(({ name, state }: { name: string; state: string }) => [name, state]),
      [["pg", "absent"], ["redis", "absent"]],
    );
    assertEquals((await run(runtime, ["status", "pg"], { cwd: home })).code, 3);
    write('{\n  "services": {\n    "pg": { "comand": "x" }\n  }\n}\n');
    const wrong = await run(runtime, ["list"], { cwd: home });
    assertEquals([wrong.code, wrong.out], [1, ""]);
    assertStringIncludes(wrong.err, `procref: ${home}\\procref.json:3:11: services.pg.command is`);
  });

  test(`${runtime}: help, a wrong verb and the doctor answer as elsewhere`, async () => {
    assertMatch((await run(runtime, ["--version"])).out, /^procref \d+\.\d+\.\d+\n$/);
    const usage = await run(runtime, ["stauts"]);
    assertEquals([usage.code, usage.out], [2, ""]);
    assertStringIncludes(usage.err, 'is "status" meant?');
    const { out } = await run(runtime, ["doctor", "--json"]);
    const { features, platform, runtime: told } = JSON.parse(out);
    assertEquals([platform, told], ["windows", runtime]);
    assert(features.length > 0);
  });

  test(`${runtime}: what is longer than a pipe arrives whole, in UTF-8`, async () => {
    using directory = temporaryDirectory();
    const services = Object.fromEntries(
      Array.from({ length: 400 }, (_, index) => [`n${index}-${"x".repeat(90)}`, { command: "x" }]),
    );
    const text = JSON.stringify({ services, sörvices: "ü" });
    writeFileSync(`${directory.path}\\procref.json`, text);
    const { code, err } = await run(runtime, ["list"], { cwd: directory.path });
    assertEquals(code, 1);
    assertStringIncludes(err, "sörvices is no key here");
    writeFileSync(`${directory.path}\\procref.json`, JSON.stringify({ services }));
    const { out } = await run(runtime, ["list", "--json"], { cwd: directory.path });
    assert(out.length > 65536);
    assert(JSON.parse(out).length >= 400);
  });
}
