import { cstring } from "../../../../ffi/libc.ts";
import { native } from "../../../../ffi/mod.ts";

type Bytes = Uint8Array | Int32Array | BigUint64Array;

/** What a child's calls point to: it stays where it is for as long as this object is in use. */
export class Memory {
  readonly #pieces: Bytes[] = [];

  /** The address of some bytes. */
  of(bytes: Bytes): number {
    this.#pieces.push(bytes);
    return Number(native.addressOf(bytes));
  }

  /** The address of a C string. */
  text(text: string): number {
    return this.of(cstring(text));
  }

  /** The address of a `char *[]` with its NULL at the end. */
  texts(texts: readonly string[], others: readonly bigint[] = []): number {
    const pointers = [...texts.map((text) => BigInt(this.text(text))), ...others, 0n];
    // A small typed array with no buffer of its own is moved by V8's garbage collector.
    const table = new BigUint64Array(new ArrayBuffer(8 * pointers.length));
    table.set(pointers);
    return this.of(table);
  }

  /** Runs what uses the addresses; afterwards they mean nothing. */
  whileKept<T>(body: () => T): T {
    try {
      return body();
    } finally {
      this.#pieces.length = 0;
    }
  }
}
