import { assertEquals, assertMatch } from "@std/assert";
import { identify, waitForExit } from "@procref/procref/process";
import { OWN, type Program, start, test } from "../harness/mod.ts";

const SCRIPT = new URL("../../docs/children/dev.ts", import.meta.url);
const FLAGS = ["--allow-ffi", "--allow-run"];
const GONE = 10_000;

// Each says its own pid and that of a child that it leaves in the background, in a session of its own.
const LINES = ["api", "web"].map((name) => `setsid sleep 600 & echo ${name} $$ $!; exec sleep 600`);

async function pidsOf(program: Program): Promise<number[]> {
  const pids: number[] = [];
  while (pids.length < 2 * LINES.length) {
    const [, ...numbers] = /^(?:api|web) (\d+) (\d+)$/.exec(await program.line()) ?? [];
    pids.push(...numbers.map(Number));
  }
  return pids;
}

async function allGone(pids: readonly number[]): Promise<void> {
  const identities = pids.map((pid) => identify(pid)).filter((one) => one !== undefined);
  await Promise.all(identities.map((one) => waitForExit(one, { timeout: GONE })));
}

for (const runtime of OWN) {
  const run = () => start(runtime, SCRIPT, { flags: FLAGS, args: LINES });

  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    test(`docs/children: ${signal} of dev.ts in ${runtime} ends all that it started`, async () => {
      await using program = run();
      const pids = await pidsOf(program);
      program.signal(signal);
      // What the children and dev.ts say at their start comes in any order.
      while (await program.line() !== signal);
      assertMatch(await program.line(), /^\d+ ended, 0 killed$/);
      assertEquals(await program.ended, 0);
      assertEquals(pids.map((pid) => identify(pid)), pids.map(() => undefined));
    });
  }

  test(`docs/children: the end of one program ends dev.ts and the others in ${runtime}`, async () => {
    const args = [...LINES, "sleep 0.2"];
    await using program = start(runtime, SCRIPT, { flags: FLAGS, args });
    const pids = await pidsOf(program);
    assertEquals(await program.ended, 0);
    assertEquals(pids.map((pid) => identify(pid)), pids.map(() => undefined));
  });

  test(`docs/children: kill -9 of dev.ts in ${runtime} ends all that it started`, async () => {
    await using program = run();
    const pids = await pidsOf(program);
    program.signal("SIGKILL");
    await program.ended;
    await allGone(pids);
  });
}
