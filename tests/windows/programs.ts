// How the tests of Windows start programs.

import process from "node:process";
import { fileURLToPath } from "node:url";

const SCRIPT = fileURLToPath(new URL("./child_script.ts", import.meta.url));
const STEPS = fileURLToPath(new URL("./steps.ts", import.meta.url));
const ASKED = fileURLToPath(new URL("../process/asked.ts", import.meta.url));

/** A program and its arguments. */
export interface Line {
  readonly program: string;
  readonly args: string[];
}

/** What runs a file in this runtime. */
function own(file: string, args: readonly string[]): Line {
  const flags = "Bun" in globalThis ? ["run"] : ["run", "--quiet", "--allow-all", "--no-check"];
  return { program: process.execPath, args: [...flags, file, ...args] };
}

/** What runs child_script.ts. */
export function script(...orders: string[]): Line {
  return own(SCRIPT, orders);
}

/** What runs steps.ts. */
export function taking(...steps: string[]): Line {
  return own(STEPS, steps);
}

/** What runs ../process/asked.ts. */
export function asked(how: string, file: string): Line {
  return own(ASKED, [how, file]);
}

/** The lines of a stream. */
export async function* lines(
  stream: ReadableStream<Uint8Array> | undefined,
): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const piece of stream ?? []) {
    const parts = (rest + decoder.decode(piece, { stream: true })).split(/\r?\n/);
    rest = parts.pop() ?? "";
    yield* parts;
  }
  if (rest !== "") yield rest;
}

/** Everything that a stream brings. */
export async function text(stream: ReadableStream<Uint8Array> | undefined): Promise<string> {
  return await new Response(stream).text();
}
