import { checkRange } from "./size.ts";
import type { SharedMemory } from "./shared_memory.ts";

/** Where an offset of `seek` counts from. */
export type SeekFrom = "start" | "current" | "end";

const CHUNK = 64 * 1024;

/**
 * Shared memory as a file of fixed size, with a position of its own per object. It ends where the memory does.
 *
 * @example
 * ```ts
 * import { SharedMemory, SharedMemoryFile } from "@procref/procref/sync";
 *
 * const memory = SharedMemory.open("docs-file", { size: 64 });
 * const file = new SharedMemoryFile(memory);
 * file.write(new TextEncoder().encode("hello"));
 * file.seek(0);
 * console.log(new TextDecoder().decode(file.read(5))); // "hello"
 * memory.close();
 * SharedMemory.unlink("docs-file");
 * ```
 */
export class SharedMemoryFile {
  readonly #memory: SharedMemory;
  #position = 0;

  /**
   * Begins at the first byte.
   *
   * @param memory What it reads and writes; closing that ends the file.
   */
  constructor(memory: SharedMemory) {
    this.#memory = memory;
  }

  /** Bytes from the start to where it reads or writes next. */
  get position(): number {
    return this.#position;
  }

  /** Its size in bytes. */
  get size(): number {
    return this.#memory.byteLength;
  }

  /** True at the end: there is nothing more to read. */
  get eof(): boolean {
    return this.#position >= this.size;
  }

  /**
   * Reads from the position on and moves it.
   *
   * @param byteLength At most so many bytes; by default as many as are left.
   * @returns A copy, shorter than asked for towards the end, empty at the end.
   * @throws {RangeError} The length is no integer from 0 on.
   * @throws {ProcrefError} `"closed"`.
   */
  read(byteLength = Number.MAX_SAFE_INTEGER): Uint8Array<ArrayBuffer> {
    const memory = this.#memory.view(Uint8Array);
    if (!Number.isInteger(byteLength) || byteLength < 0) {
      throw new RangeError(`A length is an integer from 0 on: ${byteLength}`);
    }
    const bytes = memory.slice(this.#position, this.#position + byteLength);
    this.#position += bytes.length;
    return new Uint8Array(bytes.buffer);
  }

  /**
   * Writes at the position and moves it.
   *
   * @param bytes All of them, or none.
   * @returns Their number.
   * @throws {RangeError} They do not fit; nothing is written then.
   * @throws {ProcrefError} `"closed"`.
   */
  write(bytes: Uint8Array): number {
    const memory = this.#memory.view(Uint8Array);
    checkRange(this.#position, bytes.length, memory.length);
    memory.set(bytes, this.#position);
    this.#position += bytes.length;
    return bytes.length;
  }

  /**
   * Moves the position.
   *
   * @param offset Bytes.
   * @param from Where they count from; the start by default.
   * @returns The new position.
   * @throws {RangeError} It is not within the file.
   * @throws {TypeError} `from` is none of its values.
   */
  seek(offset: number, from: SeekFrom = "start"): number {
    const bases = { start: 0, current: this.#position, end: this.size };
    if (!Object.hasOwn(bases, from)) throw new TypeError(`No place to seek from: ${String(from)}`);
    const position = bases[from] + offset;
    checkRange(position, 0, this.size);
    return this.#position = position;
  }

  /** The bytes from the position to the end as a stream; reading moves the position. */
  get readable(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return new ReadableStream({
      pull: (controller) => {
        const bytes = this.read(CHUNK);
        if (bytes.length === 0) controller.close();
        else controller.enqueue(bytes);
      },
    }, { highWaterMark: 0 });
  }

  /** Writes what comes, from the position on; a chunk that does not fit is an error of the stream. */
  get writable(): WritableStream<Uint8Array> {
    return new WritableStream({
      write: (chunk) => {
        this.write(chunk);
      },
    });
  }
}
