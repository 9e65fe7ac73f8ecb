// module: the guardian imports the service's own module and runs the real onLastRelease.

import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { UnsupportedError } from "@procref/procref/service";
import {
  eventually,
  type Program,
  type RuntimeName,
  RUNTIMES,
  start,
  test,
} from "../harness/mod.ts";
import { acquirePid, ask, Stage } from "./clients.ts";
import { Local, NOTHING } from "./local.ts";

function client(
  stage: Stage,
  runtime: RuntimeName,
  how: string,
  flags?: readonly string[],
): Program {
  const env = { PROCREF_TEST_MODULE: [stage.name, stage.path, ...how.split("|")].join("|") };
  const options = flags === undefined ? { env } : { env, flags };
  return start(runtime, new URL("./module_client.ts", import.meta.url), options);
}

/** Has a client acquire and be killed; waits until all is gone; returns what was noted of the stop. */
async function crashed(stage: Stage, program: Program): Promise<string[]> {
  await using _ended = program;
  await acquirePid(program);
  program.signal("SIGKILL");
  await program.ended;
  await stage.gone();
  await eventually(() => readdirSync(stage.records).length === 0);
  return stage.events().slice(1);
}

for (const runtime of RUNTIMES) {
  test(`the guardian runs the real onLastRelease with the service's info (${runtime})`, async () => {
    using stage = new Stage();
    const noted = await crashed(stage, client(stage, runtime, "kills"));
    assertEquals(noted, [`stop ${stage.launched()[0]} by guardian 4711 blue`]);
  });

  test(`a release by the last client runs onLastRelease itself; the guardian doesn't (${runtime})`, async () => {
    using stage = new Stage();
    await using program = client(stage, runtime, "kills");
    const pid = await acquirePid(program);
    assertEquals(await ask(program, "release"), "released");
    assertEquals(stage.events().slice(1), [`stop ${pid} by client 4711 blue`]);
    assertEquals(stage.living(), []);
  });

  test(`a released service that lingers is stopped by the real onLastRelease (${runtime})`, async () => {
    using stage = new Stage();
    await using program = client(stage, runtime, "lingers");
    const pid = await acquirePid(program);
    assertEquals(await ask(program, "release"), "released");
    await stage.gone();
    assertEquals(stage.events().slice(1), [`stop ${pid} by guardian 4711 blue`]);
  });

  for (const how of ["throws", "hangs|100", "leaves|100"]) {
    test(`an onLastRelease that ${how.split("|")[0]} in the guardian: the stop policy does it (${runtime})`, async () => {
      using stage = new Stage();
      const [noted] = await crashed(stage, client(stage, runtime, how));
      assertMatch(noted ?? "", /^stop \d+ by guardian/);
    });
  }

  test(`a module that throws at import: the stop policy does it (${runtime})`, async () => {
    using stage = new Stage();
    assertEquals(await crashed(stage, client(stage, runtime, "throws at import")), []);
  });
}

test("in Deno the guardian's onLastRelease may do what the client may, and no more", async () => {
  using stage = new Stage();
  const flags = [
    "--allow-ffi",
    // The guardian imports the module by a name that it learns at run time only.
    `--allow-read=${fileURLToPath(new URL("../../", import.meta.url))}`,
    "--allow-env",
    "--allow-run",
    `--allow-write=${stage.path}/events`,
  ];
  const noted = await crashed(stage, client(stage, "deno", "writes elsewhere", flags));
  assertMatch(noted[0] ?? "", / by guardian /);
  assertMatch(noted[1] ?? "", /^denied /);
  assert(!existsSync(`${stage.path}/elsewhere`));
});

test("a module that is no file is refused before anything starts", async () => {
  await using local = new Local();
  const service = local.service({ module: `file://${local.path}/nowhere.ts` });
  await assertRejects(() => service.acquire(), UnsupportedError, "nowhere.ts");
  assertEquals(local.remains(), NOTHING);
});

test("a module that is no URL is a TypeError", async () => {
  await using local = new Local();
  await assertRejects(
    () => Promise.resolve().then(() => local.service({ module: "./relative.ts" })),
    TypeError,
  );
});

test("a module that exports something else: the stop policy does it", async () => {
  using stage = new Stage();
  const options = { module: new URL("./clients.ts", import.meta.url).href };
  await using program = stage.client("bun", options);
  await acquirePid(program);
  program.signal("SIGKILL");
  await stage.gone();
});
