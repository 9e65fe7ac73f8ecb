// What a start launched is found by its token, whenever one looks.

import { assertEquals } from "@std/assert";
import { spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { carriersOf } from "../../src/service/token.ts";
import { TOKEN_VARIABLE } from "../../src/service/turn.ts";
import { test } from "../harness/mod.ts";

test("a process is found by its token by two looks right after its launch", async () => {
  // Between the return of spawn and the end of the child's execve, /proc/PID/environ reads empty.
  const missed: number[] = [];
  for (let round = 0; round < 100; round++) {
    const token = crypto.randomUUID();
    const env = { ...process.env, [TOKEN_VARIABLE]: token };
    const child = spawn("sleep", ["1000"], { stdio: "ignore", env });
    const looks = [carriersOf(token), carriersOf(token)];
    if (!looks.some(([carrier]) => carrier?.pid === child.pid)) missed.push(round);
    const exit = once(child, "exit");
    child.kill("SIGKILL");
    await exit;
  }
  assertEquals(missed, []);
});

test("processes without the token, or with another one, are not found by it", async () => {
  const token = crypto.randomUUID();
  const env = {
    ...process.env,
    [TOKEN_VARIABLE]: crypto.randomUUID(),
    OTHER: `${TOKEN_VARIABLE}=${token}`,
  };
  const child = spawn("sleep", ["1000"], { stdio: "ignore", env });
  const exit = once(child, "exit");
  assertEquals(await carriersOf(token), []);
  child.kill("SIGKILL");
  await exit;
});
