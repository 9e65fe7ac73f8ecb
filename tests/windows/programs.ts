// How the tests of Windows start programs.

import process from "node:process";
import { fileURLToPath } from "node:url";

const SCRIPT = fileURLToPath(new URL("./child_script.ts", import.meta.url));

/** The program and arguments that run child_script.ts in this runtime. */
export function script(...orders: string[]): { program: string; args: string[] } {
  const flags = "Bun" in globalThis ? ["run"] : ["run", "--quiet", "--allow-all", "--no-check"];
  return { program: process.execPath, args: [...flags, SCRIPT, ...orders] };
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
