import { pathOf } from "../check.ts";
import { ProcrefError } from "../../ffi/errors.ts";
import type { StdinInput } from "./runner.ts";
import type { StdinOption } from "./types.ts";

/** Sources that a run has begun to read: another would find nothing, or half. */
const used = new WeakSet<object>();

/**
 * What a run writes to standard input; undefined where nothing is written by us.
 *
 * @throws {ProcrefError} `closed`: a source that can be read once has been.
 */
export function inputOf(stdin: StdinOption): StdinInput | undefined {
  if (typeof stdin === "string") return undefined;
  if (stdin instanceof ReadableStream) return { stream: once(stdin, stdin) };
  if ("text" in stdin) return { bytes: new TextEncoder().encode(stdin.text) };
  if ("bytes" in stdin) return { bytes: stdin.bytes };
  if ("file" in stdin) return { file: pathOf(stdin.file, "stdin's file") };
  return { stream: streamOf(stdin.lines) };
}

function once<T>(source: object, result: T): T {
  if (used.has(source) || (source instanceof ReadableStream && source.locked)) {
    throw new ProcrefError("closed", "What stdin is to be read from has been read already");
  }
  used.add(source);
  return result;
}

function streamOf(lines: Iterable<string> | AsyncIterable<string>): ReadableStream<Uint8Array> {
  const iterator = iteratorOf(lines);
  // An iterator, other than an array, hands out itself: it has one turn.
  if (iterator as unknown === lines) once(lines, undefined);
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await iterator.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(`${value}\n`));
    },
    async cancel() {
      await iterator.return?.();
    },
  }, { highWaterMark: 0 });
}

/** Whether every run finds the same there. */
export function isRepeatable(stdin: StdinOption): boolean {
  if (typeof stdin === "string") return true;
  // First: Bun's streams have members of all the names below.
  if (stdin instanceof ReadableStream) return false;
  return !("lines" in stdin) || iteratorOf(stdin.lines) as unknown !== stdin.lines;
}

function iteratorOf(
  lines: Iterable<string> | AsyncIterable<string>,
): Iterator<string> | AsyncIterator<string> {
  return Symbol.asyncIterator in lines ? lines[Symbol.asyncIterator]() : lines[Symbol.iterator]();
}
