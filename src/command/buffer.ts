// What is kept of a stream: all, or a bounded part of it. What is dropped is dropped as it comes, so that memory
// stays flat however much a program writes.

import type { BufferOptions } from "./types.ts";

/** A stream had more output than may be kept, and that is an error. */
export class Overflow extends Error {
  constructor(readonly limit: string) {
    super(`More than ${limit}`);
  }
}

const LF = 0x0a;

/** Keeps output. */
export interface OutputBuffer {
  /** @throws {Overflow} It is too much. */
  push(bytes: Uint8Array): void;
  /** What was kept, in one piece. */
  bytes(): Uint8Array;
  readonly truncated: boolean;
}

/** The buffer for these limits. */
export function outputBuffer(
  { maxLines, maxBytes, overflow }: Required<BufferOptions>,
  encoding: string,
): OutputBuffer {
  if (maxLines === Infinity && maxBytes === Infinity) return new WholeBuffer();
  const lines = new LineCount(encoding);
  return overflow === "drop-oldest"
    ? new LastBuffer(maxLines, maxBytes, lines)
    : new FirstBuffer(maxLines, maxBytes, lines, overflow === "error");
}

class WholeBuffer implements OutputBuffer {
  readonly #pieces: Uint8Array[] = [];
  readonly truncated = false;

  push(bytes: Uint8Array): void {
    this.#pieces.push(bytes);
  }

  bytes(): Uint8Array {
    return joined(this.#pieces);
  }
}

/** The end of the output. */
class LastBuffer implements OutputBuffer {
  readonly #maxLines: number;
  readonly #maxBytes: number;
  readonly #lines: LineCount;
  #pieces: { readonly bytes: Uint8Array; readonly ends: readonly number[] }[] = [];
  #length = 0;
  #ends = 0;
  truncated = false;

  constructor(maxLines: number, maxBytes: number, lines: LineCount) {
    this.#maxLines = maxLines;
    this.#maxBytes = maxBytes;
    this.#lines = lines;
  }

  push(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    const ends = this.#maxLines === Infinity ? [] : this.#lines.ends(bytes);
    // A copy of what is small: a view of it would keep the runtime's whole read buffer alive.
    this.#pieces.push({ bytes: bytes.length < SMALL ? bytes.slice() : bytes, ends });
    this.#length += bytes.length;
    this.#ends += ends.length;
    this.#drop();
  }

  /** Drops pieces that are not needed any more, whole. */
  #drop(): void {
    let count = 0;
    for (const { bytes, ends } of this.#pieces) {
      const enough = this.#length - bytes.length >= this.#maxBytes ||
        this.#ends - ends.length > this.#maxLines;
      if (!enough) break;
      this.#length -= bytes.length;
      this.#ends -= ends.length;
      count++;
    }
    if (count === 0) return;
    this.#pieces.splice(0, count);
    this.truncated = true;
  }

  bytes(): Uint8Array {
    const all = joined(this.#pieces.map(({ bytes }) => bytes));
    const cut = Math.max(this.#beginOfLines(), all.length - this.#maxBytes);
    if (cut > 0) this.truncated = true;
    return all.subarray(cut);
  }

  /** Where the last lines begin. A rest without a line's end is a line as well. */
  #beginOfLines(): number {
    if (this.#maxLines === Infinity) return 0;
    let offset = 0;
    const ends = this.#pieces.flatMap(({ bytes, ends }) => {
      const here = ends.map((end) => end + offset);
      offset += bytes.length;
      return here;
    });
    const rest = ends.at(-1) === offset || offset === 0 ? 0 : 1;
    const surplus = ends.length + rest - this.#maxLines;
    return surplus <= 0 ? 0 : ends[surplus - 1] ?? offset;
  }
}

/** The beginning of the output. */
class FirstBuffer implements OutputBuffer {
  readonly #maxLines: number;
  readonly #maxBytes: number;
  readonly #lines: LineCount;
  readonly #strict: boolean;
  readonly #pieces: Uint8Array[] = [];
  #length = 0;
  #ends = 0;
  truncated = false;

  constructor(maxLines: number, maxBytes: number, lines: LineCount, strict: boolean) {
    this.#maxLines = maxLines;
    this.#maxBytes = maxBytes;
    this.#lines = lines;
    this.#strict = strict;
  }

  push(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    if (this.truncated) return;
    const { room, limit } = this.#room(bytes);
    if (room < bytes.length) {
      if (this.#strict) throw new Overflow(limit);
      this.truncated = true;
    }
    const piece = bytes.slice(0, room);
    this.#pieces.push(piece);
    this.#length += piece.length;
  }

  #room(bytes: Uint8Array): { room: number; limit: string } {
    const byBytes = this.#maxBytes - this.#length;
    const byLines = this.#maxLines === Infinity ? Infinity : this.#roomForLines(bytes);
    return byLines < byBytes
      ? { room: byLines, limit: `${this.#maxLines} lines` }
      : { room: byBytes, limit: `${this.#maxBytes} bytes` };
  }

  #roomForLines(bytes: Uint8Array): number {
    const ends = this.#lines.ends(bytes);
    const left = this.#maxLines - this.#ends;
    this.#ends += ends.length;
    if (left <= 0) return 0;
    return ends.length < left ? Infinity : ends[left - 1] ?? Infinity;
  }

  bytes(): Uint8Array {
    return joined(this.#pieces);
  }
}

const SMALL = 16_384;

/** Where lines end in bytes that come in pieces. */
class LineCount {
  /** Bytes of a character: in UTF-16 a byte 0x0a may be half of another one. */
  readonly #width: 1 | 2;
  readonly #high: 0 | 1;
  #offset = 0;
  #half: number | undefined;

  constructor(encoding: string) {
    const { encoding: name } = new TextDecoder(encoding);
    this.#width = name.startsWith("utf-16") ? 2 : 1;
    this.#high = name === "utf-16be" ? 0 : 1;
  }

  /** The positions just after each line's end. */
  ends(bytes: Uint8Array): number[] {
    const found = this.#width === 1 ? endsOfBytes(bytes) : this.#endsOfPairs(bytes);
    this.#offset += bytes.length;
    return found;
  }

  #endsOfPairs(bytes: Uint8Array): number[] {
    const found: number[] = [];
    for (const [index, byte] of bytes.entries()) {
      if ((this.#offset + index) % 2 === 0) {
        this.#half = byte;
        continue;
      }
      const [low, high] = this.#high === 1 ? [this.#half, byte] : [byte, this.#half];
      if (low === LF && high === 0) found.push(index + 1);
    }
    return found;
  }
}

function endsOfBytes(bytes: Uint8Array): number[] {
  const found: number[] = [];
  for (let at = bytes.indexOf(LF); at !== -1; at = bytes.indexOf(LF, at + 1)) found.push(at + 1);
  return found;
}

/** All in one. */
export function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const [first] = pieces;
  if (first === undefined) return new Uint8Array();
  if (pieces.length === 1) return first;
  const all = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const piece of pieces) {
    all.set(piece, offset);
    offset += piece.length;
  }
  return all;
}
