import { checkName } from "../../name.ts";
import { type OpenOptions, SharedObject } from "../shared_object.ts";
import { syncSystem } from "../system.ts";
import { type ElementArray, elementNumber, type ElementType } from "./elements.ts";
import { readObject, writeObject } from "./object_format.ts";
import { checkRange, checkSize } from "./size.ts";
import { TypedAccess } from "./typed_access.ts";

/** How shared memory is opened. */
export interface SharedMemoryOptions extends OpenOptions {
  /** Bytes, 1 to 2^31 - 2^16. Needed to make it; if it exists, it must have just this size. */
  readonly size?: number;
}

/**
 * A block of memory that processes share by name, zeros at first. Only this user can open it (mode 0600), and it
 * stays until `SharedMemory.unlink` and the last `close()`. On Linux it is a file in `/dev/shm` (shm_overview(7));
 * its size is compared with what its header says before it is mapped, so an object that was cut short is an error
 * and no crash.
 *
 * Views are the memory itself. `close()` detaches them all: using one afterwards is an error, never a fault.
 *
 * @example
 * ```ts
 * import { SharedMemory } from "@procref/procref/sync";
 *
 * const memory = SharedMemory.open("docs-memory", { size: 4096 });
 * const numbers = memory.view(Int32Array, 0, 16);
 * Atomics.add(numbers, 0, 1);
 * memory.setFloat64(64, Math.PI);
 * memory.writeObject({ state: "ready", ports: [80, 443] }, 128);
 * console.log(memory.readObject(128));
 * memory.close();
 * SharedMemory.unlink("docs-memory");
 * ```
 */
export class SharedMemory extends TypedAccess implements Disposable {
  readonly #object: SharedObject;
  readonly #view: DataView;

  private constructor(object: SharedObject) {
    super();
    this.#object = object;
    this.#view = new DataView(object.payload);
  }

  /**
   * Opens the memory of this name, and makes it if there is none.
   *
   * @param name 1 to 255 bytes of UTF-8 without NUL.
   * @param options Its size, and whether it may, or must, be made.
   * @throws {TypeError} The name is no text, or holds NUL; there is no size to make it with.
   * @throws {RangeError} The name is empty or too long; the size is no integer from 1 to 2^31 - 2^16.
   * @throws {ProcrefError} `"not_found"`, `"exists"`: not as `create` demands; `"mismatch"`: it has another size,
   * or another version made it; `"corrupt"`: it was cut short, or is no memory of procref's.
   * @throws {PermissionError} Another user made it, or it is no regular file.
   * @throws {SystemError} For example ENOSPC: all its bytes are allocated when it is made.
   */
  static open(name: string, options: SharedMemoryOptions = {}): SharedMemory {
    const { size } = options;
    if (size !== undefined) checkSize(size, "size");
    const shape = { byteLength: size, scoped: false };
    return new SharedMemory(SharedObject.open("memory", name, shape, options));
  }

  /**
   * Removes the name. Who has the memory open goes on with it; the next `open` makes another one.
   *
   * @param name The name.
   * @returns False: there was none.
   */
  static unlink(name: string): boolean {
    return syncSystem().unlink("memory", checkName(name, "memory"));
  }

  /** The name it was opened with. */
  get name(): string {
    return this.#object.name;
  }

  /** Its size in bytes, 0 once it is closed. */
  get byteLength(): number {
    return this.#object.payload.byteLength;
  }

  /**
   * A typed array over the memory itself, in this machine's byte order.
   *
   * @param type For example `Int32Array`.
   * @param byteOffset Where it begins: a multiple of the element's size.
   * @param length Elements; by default as many as there are.
   * @throws {TypeError} The type is no typed array.
   * @throws {RangeError} It is out of bounds, or the offset not aligned.
   * @throws {ProcrefError} `"closed"`.
   */
  view<A extends ElementArray>(type: ElementType<A>, byteOffset = 0, length?: number): A {
    this.#object.assertOpen();
    elementNumber(type);
    const each = type.BYTES_PER_ELEMENT;
    if (byteOffset % each !== 0) {
      throw new RangeError(`A ${type.name} begins at a multiple of ${each}, not at ${byteOffset}`);
    }
    checkRange(byteOffset, (length ?? 0) * each, this.byteLength);
    const elements = length ?? Math.floor((this.byteLength - byteOffset) / each);
    return new type(this.#object.payload, byteOffset, elements);
  }

  /**
   * Reads an array of values, at any offset.
   *
   * @param type For example `Float32Array`.
   * @param byteOffset Where it begins.
   * @param length Elements.
   * @param littleEndian Their byte order.
   * @returns A copy.
   * @throws {TypeError} The type is no typed array.
   * @throws {RangeError} It is out of bounds.
   * @throws {ProcrefError} `"closed"`.
   */
  getArray<A extends ElementArray>(
    type: ElementType<A>,
    byteOffset: number,
    length: number,
    littleEndian = true,
  ): A {
    elementNumber(type);
    const byteLength = length * type.BYTES_PER_ELEMENT;
    this.at(byteOffset, byteLength);
    const copy = this.#object.payload.slice(byteOffset, byteOffset + byteLength);
    return new type(inOrder(copy, type.BYTES_PER_ELEMENT, littleEndian), 0, length);
  }

  /**
   * Writes the values of a typed array, at any offset.
   *
   * @param byteOffset Where they begin.
   * @param values They are written with the size they have.
   * @param littleEndian Their byte order.
   * @throws {RangeError} They do not fit; nothing is written then.
   * @throws {ProcrefError} `"closed"`.
   */
  setArray(byteOffset: number, values: ElementArray, littleEndian = true): void {
    elementNumber(values.constructor);
    this.at(byteOffset, values.byteLength);
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    const ordered = littleEndian === NATIVE_LITTLE
      ? bytes
      : new Uint8Array(inOrder(bytes.slice().buffer, values.BYTES_PER_ELEMENT, littleEndian));
    new Uint8Array(this.#object.payload, byteOffset, bytes.length).set(ordered);
  }

  /**
   * Writes an object: null, booleans, numbers, bigints of 64 bits, strings, Uint8Arrays, arrays and plain objects
   * of these. Both runtimes read it; the format is 16 bytes (`PRO1`, length, hash) and MessagePack (msgpack.org).
   * Lock against readers: a reader that meets a half-written object gets an error.
   *
   * @param value The object.
   * @param byteOffset Where it begins.
   * @returns The number of bytes it takes.
   * @throws {TypeError} It holds something else, or itself.
   * @throws {RangeError} It does not fit; nothing is written then.
   * @throws {ProcrefError} `"closed"`.
   */
  writeObject(value: unknown, byteOffset = 0): number {
    this.#object.assertOpen();
    return writeObject(new Uint8Array(this.#object.payload), value, byteOffset);
  }

  /**
   * Reads what `writeObject` wrote.
   *
   * @param byteOffset Where it begins.
   * @throws {RangeError} It is out of bounds.
   * @throws {ProcrefError} `"corrupt"`: there is no object, or a damaged one; `"closed"`.
   */
  readObject(byteOffset = 0): unknown {
    this.#object.assertOpen();
    return readObject(new Uint8Array(this.#object.payload), byteOffset);
  }

  /** Ends the use of this object and detaches its views. The memory stays until it is unlinked. Once is enough. */
  close(): void {
    this.#object.close();
  }

  /** As `close()`. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** The bytes, for one access. @throws {RangeError} @throws {ProcrefError} `"closed"`. */
  protected override at(byteOffset: number, byteLength: number): DataView {
    this.#object.assertOpen();
    checkRange(byteOffset, byteLength, this.#view.byteLength);
    return this.#view;
  }
}

const NATIVE_LITTLE = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** Turns each element of a copy round, where its byte order is not this machine's. */
function inOrder(bytes: ArrayBuffer, each: number, littleEndian: boolean): ArrayBuffer {
  if (littleEndian === NATIVE_LITTLE) return bytes;
  for (let offset = 0; offset < bytes.byteLength; offset += each) {
    new Uint8Array(bytes, offset, each).reverse();
  }
  return bytes;
}
