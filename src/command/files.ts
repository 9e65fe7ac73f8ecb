import { checked, files } from "../../ffi/libc.ts";
import { close, OPEN, open, writeAll } from "../file/posix.ts";
import type { Sink } from "./sinks.ts";

const CHUNK = 65_536;

/** Writes to a file. @throws {SystemError} It cannot be opened. */
export function fileSink({ path, append }: { path: string; append: boolean }): Sink {
  const mode = append ? OPEN.append : OPEN.truncate;
  const descriptor = open(path, OPEN.writeOnly | OPEN.create | mode, 0o666);
  return {
    write(bytes) {
      writeAll(descriptor, bytes);
      return undefined;
    },
    end: () => undefined,
    close: () => close(descriptor),
  };
}

/** A file as a stream. That it cannot be opened shows at the first read, as with any other source. */
export function readableFile(path: string): ReadableStream<Uint8Array> {
  let descriptor: number | undefined;
  return new ReadableStream<Uint8Array>({
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
