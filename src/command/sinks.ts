import { type OutputBuffer, Overflow } from "./buffer.ts";
import { Decoding } from "./decode.ts";
import { type CutSide, LineSplitter } from "./lines.ts";
import type { Capture, StreamCapture } from "./runner.ts";
import type { LineHandler } from "./types.ts";

/** Where the bytes of a stream go. A result is there only if there is something to wait for. */
export interface Sink {
  write(bytes: Uint8Array): Promise<void> | undefined;
  /** After the last byte. */
  end(): Promise<void> | undefined;
  /** Whatever happened: gives back what it holds. */
  close(): void;
}

/** Makes who else gets a stream's bytes: its copy, its line handler. */
export function listeningSinks(stream: StreamCapture, capture: Capture): (() => Sink)[] {
  const { tee, onLine } = stream;
  return [
    ...(tee === undefined ? [] : [() => teeSink(tee)]),
    ...(onLine === undefined ? [] : [() => lineSink(onLine, splitterOf(stream, capture))]),
  ];
}

/** What cuts a stream into lines, as its capture wants it. */
export function splitterOf({ encoding }: StreamCapture, capture: Capture): LineSplitter {
  const { longestLine, overflow, fatal } = capture;
  const tooLong = (): CutSide => {
    if (overflow === "error") throw new Overflow(`${longestLine} characters in one line`);
    return overflow === "drop-oldest" ? "beginning" : "end";
  };
  return new LineSplitter(new Decoding(encoding, fatal), longestLine, tooLong);
}

/** Keeps the bytes. */
export function bufferSink(buffer: OutputBuffer): Sink {
  return {
    write(bytes) {
      buffer.push(bytes);
      return undefined;
    },
    end: () => undefined,
    close() {},
  };
}

/** Passes the bytes on to another program. When that reads no more, `unread` is called, and the rest is dropped. */
export function pipeSink(stdin: WritableStream<Uint8Array>, unread: () => void): Sink {
  const writer = stdin.getWriter();
  writer.closed.catch(() => {});
  return {
    write: (bytes) => writer.write(bytes).catch(unread),
    end: () => writer.close().catch(unread),
    close: () => void writer.abort().catch(() => {}),
  };
}

/** A writer, and how many streams are copied into it at this moment: a stream has but one. */
interface Tee {
  readonly writer: WritableStreamDefaultWriter<Uint8Array>;
  users: number;
}

const tees = new WeakMap<WritableStream<Uint8Array>, Tee>();

function teeSink(stream: WritableStream<Uint8Array>): Sink {
  const tee = tees.get(stream) ?? { writer: stream.getWriter(), users: 0 };
  tees.set(stream, tee);
  tee.users++;
  return {
    // Waits until it is taken, not only until there is room: the sink sees bytes in the order of the lines.
    write: (bytes) => tee.writer.write(bytes),
    end: () => undefined,
    close() {
      if (--tee.users > 0) return;
      tees.delete(stream);
      tee.writer.releaseLock();
    },
  };
}

function lineSink(handler: LineHandler, splitter: LineSplitter): Sink {
  return {
    write: (bytes) => handOut(splitter.push(bytes), handler),
    end: () => handOut(splitter.end(), handler),
    close() {},
  };
}

/** Line by line; waits only for a handler that gives a promise. */
function handOut(lines: readonly string[], handler: LineHandler): Promise<void> | undefined {
  for (const [index, line] of lines.entries()) {
    const wait = handler(line);
    if (wait !== undefined) return wait.then(() => handOut(lines.slice(index + 1), handler));
  }
  return undefined;
}
