// When something is short, above all descriptors. A record that cannot be read for that reason says nothing about the
// service: nobody may act upon it.

import { assert, assertEquals, assertMatch } from "@std/assert";
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { isAlive } from "@procref/procref/process";
import { pathsOf } from "../../src/service/record/store.ts";
import { eventually, RUNTIMES, suspend, test } from "../harness/mod.ts";
import { traced } from "../process/traced.ts";
import { acquirePid, ask, Stage } from "./clients.ts";
import { run } from "./script.ts";

/** Arguments of strace(1) that refuse to open the record. */
function refusing(stage: Stage, error: string): string[] {
  const { record } = pathsOf(realpathSync(stage.records), stage.name);
  const inject = `inject=openat:error=${error}`;
  return ["-P", record, "-e", "trace=openat", "-e", inject];
}

for (const runtime of RUNTIMES) {
  test(`a client that has no descriptor left for the record starts no second service (${runtime})`, async () => {
    using stage = new Stage();
    await using first = stage.client("bun");
    const pid = await acquirePid(first);
    const record = stage.recordText();
    const { output, errors } = await run({
      runtime,
      script: "once_client.ts",
      args: [stage.name, stage.records, "launch"],
      under: ["strace", "-qq", "-o", "/dev/null", ...refusing(stage, "EMFILE")],
    });
    assertMatch(output, /"failed".*"SystemError".*open: EMFILE/, errors);
    assertEquals([stage.recordText(), await ask(first, "count")], [record, "count 1"]);
    await using second = stage.client(runtime);
    assertEquals(await acquirePid(second), pid);
    await ask(second, "release");
    assertEquals(await ask(first, "release"), "released");
    assertEquals([stage.times("start"), stage.living()], [1, []]);
  });

  test(`a client that can't read the record when it leaves leaves the service to its guardian (${runtime})`, async () => {
    using stage = new Stage();
    await using client = stage.client(runtime);
    await acquirePid(client);
    await using _ = await traced(client.pid, refusing(stage, "EMFILE"));
    assertMatch(await ask(client, "release"), /^SystemError system: open: EMFILE/);
    await eventually(() => stage.living().length === 0 && stage.recordText() === "");
  });

  test(`a guardian that can't read the record erases nothing (${runtime})`, async () => {
    using stage = new Stage();
    await using first = stage.client(runtime);
    const pid = await acquirePid(first);
    const { guardian } = await stage.observer().status();
    assert(guardian !== undefined);
    const trace = await traced(guardian.pid, ["-f", ...refusing(stage, "ENFILE")]);
    first.signal("SIGKILL");
    await eventually(() => !isAlive(guardian), 20_000);
    await trace[Symbol.asyncDispose]();
    assertEquals(stage.living(), [pid]);
    await using second = stage.client(runtime);
    assertEquals(await acquirePid(second), pid, "the orphan is healthy, so it is adopted");
    assertEquals(await ask(second, "release"), "released");
    assertEquals([stage.times("start"), stage.living(), stage.recordText()], [1, [], ""]);
  });

  test(`a client that cannot see its spare guardian off lets go of the official one (${runtime})`, async () => {
    using stage = new Stage();
    const flag = `${stage.path}/flag`;
    const pausing = { PROCREF_PAUSE: `acquire:guardian-made ${flag}` };
    await using late = stage.client(runtime, {}, pausing);
    late.tell("acquire");
    await eventually(() => existsSync(flag) && isStopped(late.pid));
    await using first = stage.client("bun");
    await acquirePid(first);
    await using _ = await traced(late.pid, ["-e", "inject=pidfd_open:error=EMFILE"]);
    suspend(late.pid, false);
    assertMatch(await late.line(), /^SystemError system: pidfd_open: EMFILE/);
    const { holders, count } = await stage.observer().status();
    assertEquals([holders.map(({ pid }) => pid), count], [[first.pid], 1]);
    assertEquals(await ask(first, "release"), "released");
    assertEquals(stage.living(), []);
  });
}

test("status() tells that a record cannot be read", async () => {
  using stage = new Stage();
  await using client = stage.client("bun");
  await acquirePid(client);
  {
    await using _ = await traced(client.pid, refusing(stage, "ENFILE"));
    assertMatch(
      await ask(client, "status"),
      /"problem":"The record .* cannot be read: open: ENFILE/,
    );
  }
  await ask(client, "release");
});

function isStopped(pid: number): boolean {
  return /\) T /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
}
