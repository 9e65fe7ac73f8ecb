// A client that is not a script of the tests in one of the runtimes: a binary, say.

import { spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { createInterface } from "node:readline";
import { which } from "../../src/process/mod.ts";

const deno = "Bun" in globalThis ? process.env["DENO"] ?? "deno" : process.execPath;

/** The path of Deno's executable, whatever PATH the client is given. */
export const DENO: string = which(deno) ?? deno;

/** A client, once it has said something. */
export interface ClientProcess extends AsyncDisposable {
  readonly pid: number;
  /** The line that it printed. */
  readonly line: string;
  /** kill -9. Resolves when it has ended. */
  kill(): Promise<void>;
}

/** Starts a client and waits for a line of it. Leaving its scope kills it. */
export async function startClient(
  [program, ...args]: readonly [string, ...string[]],
  env: Readonly<Record<string, string>> = {},
): Promise<ClientProcess> {
  const child = spawn(program, args, {
    env: { ...process.env, NO_COLOR: "1", ...env },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(child, "close");
  const kill = async () => {
    child.kill("SIGKILL");
    await ended;
  };
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const next = await lines.next();
  if (next.done || child.pid === undefined) throw new Error(`${program} said nothing`);
  return { pid: child.pid, line: next.value, kill, [Symbol.asyncDispose]: kill };
}
