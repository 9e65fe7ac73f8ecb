// The test that each file of a run declares.

import { assert } from "@std/assert";
import { isAlive } from "@procref/procref/process";
import { appendFileSync } from "node:fs";
import { env } from "node:process";
import { handle } from "./fixture.ts";

type Declare = (name: string, body: () => Promise<void>) => void;

const declare: Declare = "Bun" in globalThis
  ? (await import("bun:test")).test
  : (name, body) => Deno.test(name, body);

/**
 * Declares a test that notes which service it found, and then does what the run is about.
 *
 * @param ending What a run may want of it: "fail", or "hang" until somebody ends it.
 */
export function visit(ending?: "fail" | "hang"): void {
  declare("the service is there", async () => {
    assert(isAlive(handle.pid), "the service is dead");
    appendFileSync(env["RUN_VISITS"] ?? "", `${handle.pid}\n`);
    if (ending !== env["RUN_ENDING"]) return;
    if (ending === "fail") throw new Error("as asked");
    if (ending === "hang") await new Promise((resolve) => setTimeout(resolve, 60_000));
  });
}
