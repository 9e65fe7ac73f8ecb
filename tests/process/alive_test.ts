import { assertEquals } from "@std/assert";
import process, { pid } from "node:process";
import { identify, isAlive, kill, waitForExit } from "../../src/process/mod.ts";
import { platform } from "../../ffi/platform.ts";
import { linuxTest, type RuntimeName, RUNTIMES, start, test } from "../harness/mod.ts";
import { NO_PID, obedient, zombie } from "./children.ts";

const NOBODY_CLIENT = new URL("./nobody_client.ts", import.meta.url);

/** What a process without rights tells of another user's process. */
async function told(runtime: RuntimeName, ...args: [string, number, "hidden"?]): Promise<string> {
  await using client = start(runtime, NOBODY_CLIENT, { args: args.map(String) });
  const answer = await client.line();
  await client.ended;
  return answer;
}

test("this process and pid 1 are alive", () => {
  assertEquals([isAlive(pid), isAlive(1)], [true, true]);
});

test("a pid that nobody has is not alive", () => {
  assertEquals(isAlive(NO_PID), false);
});

test("a zombie is not alive", async () => {
  await using parent = await zombie();
  assertEquals(isAlive(parent.zombie), false);
});

test("a child is alive until it was killed, and not any more when waitForExit() resolves", async () => {
  await using child = await obedient();
  const identity = identify(child.pid);
  const before = isAlive(child.pid);
  kill(child.pid);
  await waitForExit(child.pid);
  assertEquals([before, isAlive(child.pid), identity && isAlive(identity)], [true, false, false]);
});

test("a stopped process is alive", async () => {
  await using child = await obedient();
  process.kill(child.pid, "SIGSTOP");
  assertEquals(isAlive(child.pid), true);
});

test("an identity is alive as long as its process is", async () => {
  await using child = await obedient();
  const identity = identify(child.pid);
  assertEquals(identity && isAlive(identity), true);
});

test("an identity whose pid belongs to another process is not alive", async () => {
  await using child = await obedient();
  assertEquals(isAlive({ pid: child.pid, startTime: "1" }), false);
});

for (const runtime of RUNTIMES) {
  test(`another user's process is alive for a ${runtime} process that may not signal it`, async () => {
    await using child = await obedient();
    assertEquals(await told(runtime, "isAlive", child.pid), "true");
  });

  linuxTest(
    `another user's process is alive for a ${runtime} process that may not even see it`,
    async () => {
      await using child = await obedient();
      assertEquals(await told(runtime, "identify", child.pid, "hidden"), "undefined");
      assertEquals(await told(runtime, "isAlive", child.pid, "hidden"), "true");
      assertEquals(await told(runtime, "isAlive", NO_PID, "hidden"), "false");
    },
  );

  test(`a ${runtime} process can identify and wait for another user's process`, async () => {
    await using child = await obedient();
    const identity = JSON.stringify(identify(child.pid));
    assertEquals(await told(runtime, "identify", child.pid), identity);
    assertEquals(await told(runtime, "waitForExit", child.pid), "TimeoutError");
  });

  test(`signalling another user's process is EPERM for a ${runtime} process, and reaches nobody`, async () => {
    await using child = await obedient();
    const call = platform === "darwin" ? "kill" : "pidfd_send_signal";
    const refusal = `SystemError system 1 ${call}`;
    assertEquals(await told(runtime, "kill", child.pid), refusal);
    assertEquals(await told(runtime, "stop", child.pid), refusal);
    assertEquals(isAlive(child.pid), true);
  });
}
