import type { RunKey } from "./cassette.ts";
import { readBytes } from "./cassette_file.ts";
import type { CommandRequest, StdinInput } from "./runner.ts";

/** A request with its key, and with its input read: a stream can't be compared before. */
export interface Keyed {
  readonly key: RunKey;
  readonly request: CommandRequest;
}

/** The key of a run that is followed to its end. */
export async function keyOfRun(request: CommandRequest): Promise<Keyed> {
  const bytes = await contentOf(request.input);
  if (bytes === undefined) return { key: keyOf(request, null), request };
  const key = keyOf(request, await digest(bytes));
  return { key, request: { ...request, input: { bytes } } };
}

/** The key of a start: whoever starts it writes its input, which a stream holds but once. */
export async function keyOfStart(request: CommandRequest): Promise<RunKey> {
  const { input } = request;
  const bytes = input !== undefined && "stream" in input ? undefined : await contentOf(input);
  return keyOf(request, bytes === undefined ? null : await digest(bytes));
}

function keyOf({ program, args, cwd }: CommandRequest, stdin: string | null): RunKey {
  return { program, args, cwd: cwd ?? null, stdin };
}

async function contentOf(input: StdinInput | undefined): Promise<Uint8Array | undefined> {
  if (input === undefined) return undefined;
  if ("bytes" in input) return input.bytes;
  if ("file" in input) return readBytes(input.file, "Standard input's file");
  return new Uint8Array(await new Response(input.stream).arrayBuffer());
}

async function digest(bytes: Uint8Array): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes.slice()));
  return `sha256:${Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}
