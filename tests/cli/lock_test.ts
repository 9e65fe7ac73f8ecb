import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { isAlive } from "../../src/process/mod.ts";
import { OWN, RUNTIMES, temporaryDirectory, test } from "../harness/mod.ts";
import { procref, run, Running, start } from "./cli.ts";

/** A lock of a test's own, gone at the end of its scope. */
async function ownLock(rest = ""): Promise<{ readonly name: string } & AsyncDisposable> {
  const name = `test-${crypto.randomUUID()}${rest}`;
  return await Promise.resolve({
    name,
    [Symbol.asyncDispose]: async () => {
      await run("bun", ["lock", name, "--unlink"]);
    },
  });
}

test("shells in both runtimes exclude each other by procref lock", async () => {
  await using lock = await ownLock();
  using directory = temporaryDirectory();
  const file = `${directory.path}/number`;
  writeFileSync(file, "0\n");
  const add = `read n <${file}; sleep 0.05; echo $((n + 1)) >${file}`;
  const rounds = RUNTIMES.flatMap((runtime) =>
    Array.from({ length: 4 }, () => run(runtime, ["lock", lock.name, "--", "sh", "-c", add]))
  );
  for (const { code, err } of await Promise.all(rounds)) assertEquals([code, err], [0, ""]);
  assertEquals(readFileSync(file, "utf8"), "8\n");
});

for (const runtime of OWN) {
  test(`${runtime}: procref lock gives up in time, and names who holds the lock`, async () => {
    await using lock = await ownLock();
    await using holder = start(runtime, [
      "lock",
      lock.name,
      "--",
      "sh",
      "-c",
      "echo in; read line",
    ]);
    await holder.line();
    const { code, out, err } = await run(runtime, [
      "lock",
      lock.name,
      "--timeout=0",
      "--",
      "echo",
      "ran",
    ]);
    assertEquals([code, out], [125, ""]);
    assertStringIncludes(err, `${holder.pid}`);
    holder.type("\n");
    assertEquals((await holder.ended).code, 0);
    assertEquals((await run(runtime, ["lock", lock.name, "--timeout=0", "--", "true"])).code, 0);
  });

  test(`${runtime}: the lock of a killed procref passes on as abandoned, with its command dead`, async () => {
    await using lock = await ownLock();
    // It ignores everything but SIGKILL.
    const command = "trap '' TERM INT HUP; echo $$; while :; do sleep 0.1; done";
    await using holder = start(runtime, ["lock", lock.name, "--", "sh", "-c", command]);
    const old = Number(await holder.line());
    const state = `/proc/${old}/stat`;
    await using next = start(runtime, [
      "lock",
      lock.name,
      "--json",
      "--",
      "sh",
      "-c",
      `case $(cat ${state} 2>/dev/null) in ""|*") Z "*) echo dead ;; *) echo alive ;; esac`,
    ]);
    holder.signal("SIGKILL");
    const { code, out, err } = await next.ended;
    assertEquals([code, out], [0, "dead\n"]);
    assertMatch(err, /abandoned: its last holder was killed/);
    assertEquals(JSON.parse(err.split("\n")[1] ?? "").abandoned, true);
    assertEquals(isAlive(old), false);
    // Only the next one is told.
    assertEquals((await run(runtime, ["lock", lock.name, "--", "true"])).err, "");
  });

  test(`${runtime}: locks with long names that differ in their last letter have nothing in common`, async () => {
    await using one = await ownLock("x".repeat(255 - 41));
    const other = `${one.name.slice(0, -1)}y`;
    const hold = (name: string) =>
      start(runtime, ["lock", name, "--", "sh", "-c", "echo $$; read line; echo unharmed"]);
    await using killed = hold(one.name);
    await killed.line();
    await using holder = hold(other);
    await holder.line();
    killed.signal("SIGKILL");
    await killed.ended;
    assertMatch((await run(runtime, ["lock", one.name, "--", "true"])).err, /abandoned/);
    holder.type("\n");
    assertEquals(await holder.line(), "unharmed");
    assertEquals((await holder.ended).code, 0);
    await run(runtime, ["lock", other, "--unlink"]);
  });

  test(`${runtime}: a lock's name may fill its 255 bytes with any letters`, async () => {
    await using lock = await ownLock("ä".repeat(107));
    assertEquals(await run(runtime, ["lock", lock.name, "--", "true"]), {
      code: 0,
      out: "",
      err: "",
    });
  });

  test(`${runtime}: main() leaves nothing that holds its caller when the lock cannot be had`, async () => {
    const script = fileURLToPath(new URL("embedded.ts", import.meta.url));
    const words = ["lock", "x".repeat(256), "--", "true"];
    const command = [...procref(runtime).slice(0, -1), script, ...words];
    await using running = new Running(["timeout", "10", ...command]);
    const { code, out } = await running.ended;
    assertEquals([code, out], [0, "125\n"]);
  });

  test(`${runtime}: a lock is freed when its command fails, and when it is interrupted`, async () => {
    await using lock = await ownLock();
    assertEquals((await run(runtime, ["lock", lock.name, "--", "sh", "-c", "exit 4"])).code, 4);
    await using holder = start(runtime, [
      "lock",
      lock.name,
      "--",
      "sh",
      "-c",
      "echo in; exec sleep 1000",
    ]);
    await holder.line();
    await using waiter = start(runtime, ["lock", lock.name, "--", "echo", "ran"]);
    await new Promise((resolve) => setTimeout(resolve, 500));
    waiter.signal("SIGTERM");
    assertEquals(await waiter.ended, { code: 143, out: "", err: "" });
    holder.signal("SIGINT");
    assertEquals((await holder.ended).code, 130);
    assertEquals((await run(runtime, ["lock", lock.name, "--timeout=0", "--", "true"])).err, "");
  });
}
