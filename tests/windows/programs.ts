// How the tests of Windows start programs.

import process from "node:process";
import { fileURLToPath } from "node:url";

/** A program and its arguments. */
export interface Line {
  readonly program: string;
  readonly args: string[];
}

/** What runs child_script.ts in this runtime. */
export function script(...orders: string[]): Line {
  return line("./child_script.ts", orders);
}

/** What runs ../process/asked.ts in this runtime. */
export function asked(how: string, file: string): Line {
  return line("../process/asked.ts", [how, file]);
}

function line(path: string, args: readonly string[]): Line {
  const flags = "Bun" in globalThis ? ["run"] : ["run", "--quiet", "--allow-all", "--no-check"];
  const file = fileURLToPath(new URL(path, import.meta.url));
  return { program: process.execPath, args: [...flags, file, ...args] };
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
