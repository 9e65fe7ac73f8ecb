import { files } from "./later.ts";
import type { StdinInput } from "./runner.ts";

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
  if ("file" in input) return feedLater(stdin, input.file);
  const reader = input.stream.getReader();
  return {
    done: pass(reader, stdin.getWriter()),
    stop: () => void reader.cancel().catch(() => {}),
  };
}

/** What reads files is loaded when one is to be read. */
function feedLater(stdin: WritableStream<Uint8Array>, path: string): Feed {
  let stopped = false;
  let stop = () => {
    stopped = true;
  };
  const done = files().then(async ({ readableFile }) => {
    const fed = feed(stdin, { stream: readableFile(path) });
    stop = fed.stop;
    if (stopped) stop();
    await fed.done;
  });
  return { done, stop: () => stop() };
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
