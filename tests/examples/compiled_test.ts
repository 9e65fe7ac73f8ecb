import { assertEquals, assertStringIncludes } from "@std/assert";
import { execFileSync } from "node:child_process";
import { symlinkSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { isAlive, waitForExit } from "../../src/process/mod.ts";
import { temporaryDirectory, test, uniqueName } from "../harness/mod.ts";
import { DENO, startClient } from "./client_process.ts";

const CLIENT = fileURLToPath(new URL("./client.ts", import.meta.url));
const STANDALONE = fileURLToPath(new URL("./standalone.ts", import.meta.url));
const BUN = fileURLToPath(new URL("../../node_modules/.bin/bun", import.meta.url));
const GONE = 1000;

test("the service of a binary made by `bun build --compile` goes with kill -9 of it", async () => {
  using directory = temporaryDirectory();
  const binary = `${directory.path}/client`;
  execFileSync(BUN, ["build", "--compile", CLIENT, "--outfile", binary], { stdio: "pipe" });
  // No runtime on the PATH: the binary itself has to serve as one.
  const client = await startClient([binary, uniqueName("compiled")], { PATH: "/usr/bin:/bin" });
  await using _ = client;
  const pid = Number(client.line);
  assertEquals(isAlive(pid), true);
  await client.kill();
  await waitForExit(pid, { timeout: GONE });
});

// `deno compile` downloads what it builds on, so its programs are imitated: a script that Deno calls standalone.
const imitation = (
  name: string,
): [string, ...string[]] => [DENO, "run", "--allow-all", "--quiet", "--no-lock", STANDALONE, name];

test("where a program made by `deno compile` finds a deno, its service goes with kill -9 of it", async () => {
  using directory = temporaryDirectory();
  symlinkSync(DENO, `${directory.path}/deno`);
  const path = `${directory.path}:/usr/bin:/bin`;
  await using client = await startClient(imitation(uniqueName("standalone")), { PATH: path });
  const pid = Number(client.line);
  assertEquals(isAlive(pid), true);
  await client.kill();
  await waitForExit(pid, { timeout: GONE });
});

test("a program made by `deno compile` is refused where there is no deno", async () => {
  using directory = temporaryDirectory();
  const env = { PATH: directory.path };
  await using client = await startClient(imitation(uniqueName("standalone")), env);
  assertStringIncludes(client.line, "unsupported: ");
  assertStringIncludes(client.line, "deno compile");
});
