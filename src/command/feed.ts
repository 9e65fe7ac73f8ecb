import { close, OPEN, open } from "../file/posix.ts";
import { files } from "../../ffi/libc.ts";
import { checked } from "../../ffi/libc.ts";
import type { StdinInput } from "./runner.ts";

const CHUNK = 65_536;

/** Standard input while it is written. */
export interface Feed {
  /** Resolves when all is written, or nobody reads it any more; rejects if the source fails. */
  readonly done: Promise<void>;
  /** Stops reading the source. */
  stop(): void;
}

/** Writes the input and closes. A program that does not read it all is no error (EPIPE). */
export function feed(stdin: WritableStream<Uint8Array>, input: StdinInput): Feed {
  if ("bytes" in input) return { done: writeBytes(stdin, input.bytes), stop() {} };
  const reader = ("file" in input ? streamOfFile(input.file) : input.stream).getReader();
  return {
    done: pass(reader, stdin.getWriter()),
    stop: () => void reader.cancel().catch(() => {}),
  };
}

async function writeBytes(stdin: WritableStream<Uint8Array>, bytes: Uint8Array): Promise<void> {
  const writer = stdin.getWriter();
  try {
    if (bytes.length > 0) await writer.write(bytes);
    await writer.close();
  } catch {
    await writer.abort().catch(() => {});
  }
}

async function pass(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  writer: WritableStreamDefaultWriter<Uint8Array>,
): Promise<void> {
  let unread = false;
  writer.closed.catch(() => {});
  try {
    for (let next = await reader.read(); !next.done && !unread; next = await reader.read()) {
      await writer.write(next.value).catch(() => unread = true);
      if (unread) break;
    }
    await (unread ? reader.cancel() : writer.close()).catch(() => {});
  } catch (error) {
    // End of file alone would look like a complete input.
    await writer.abort(error).catch(() => {});
    throw error;
  }
}

function streamOfFile(path: string): ReadableStream<Uint8Array> {
  let descriptor: number | undefined;
  return new ReadableStream<Uint8Array>({
    // At the first read, where its failure ends the run like that of any other source.
    pull(controller) {
      descriptor ??= open(path, OPEN.readOnly);
      const bytes = new Uint8Array(CHUNK);
      const count = checked(files().read(descriptor, bytes, bytes.length), "read", `for ${path}`);
      if (count > 0) return controller.enqueue(bytes.subarray(0, count));
      close(descriptor);
      descriptor = undefined;
      controller.close();
    },
    cancel() {
      if (descriptor !== undefined) close(descriptor);
    },
  }, { highWaterMark: 0 });
}
