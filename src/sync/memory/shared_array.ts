import { checkName } from "../../name.ts";
import { type OpenOptions, SharedObject } from "../shared_object.ts";
import { syncSystem } from "../system.ts";
import { type ElementArray, elementNumber, type ElementType } from "./elements.ts";
import { checkSize } from "./size.ts";

/**
 * An array of numbers that processes share by name, zeros at first. Its element type and length are part of it:
 * opening it with others is an error.
 *
 * @example
 * ```ts
 * import { SharedArray } from "@procref/procref/sync";
 *
 * const loads = SharedArray.open("docs-array", Float64Array, 4);
 * loads.set(0, 0.5);
 * console.log([...loads]); // [0.5, 0, 0, 0]
 * loads.close();
 * SharedArray.unlink("docs-array");
 * ```
 */
export class SharedArray<A extends ElementArray = ElementArray> implements Disposable {
  readonly #object: SharedObject;
  readonly #values: A;

  private constructor(object: SharedObject, values: A) {
    this.#object = object;
    this.#values = values;
  }

  /**
   * Opens the array of this name, and makes it if there is none.
   *
   * @param name 1 to 255 bytes of UTF-8 without NUL.
   * @param type The type of its elements, for example `Float64Array`.
   * @param length Elements, from 1 on.
   * @param options Whether it may, or must, be made.
   * @throws {TypeError} The name is no text, or holds NUL; the type is no typed array.
   * @throws {RangeError} The name is empty or too long; the length no positive integer, or beyond 2^31 - 2^16 bytes.
   * @throws {ProcrefError} `"not_found"`, `"exists"`: not as `create` demands; `"mismatch"`: it has another type or
   * length; `"corrupt"`: it was cut short, or is no array of procref's.
   * @throws {PermissionError} Another user made it.
   * @throws {SystemError} For example ENOSPC.
   */
  static open<A extends ElementArray>(
    name: string,
    type: ElementType<A>,
    length: number,
    options: OpenOptions = {},
  ): SharedArray<A> {
    const element = elementNumber(type);
    const byteLength = checkSize(length, "length", type.BYTES_PER_ELEMENT) * type.BYTES_PER_ELEMENT;
    const shape = { byteLength, element, scoped: false };
    const object = SharedObject.open("array", name, shape, options);
    return new SharedArray(object, new type(object.payload, 0, length));
  }

  /**
   * Removes the name. Who has the array open goes on with it; the next `open` makes another one.
   *
   * @param name The name.
   * @returns False: there was none.
   */
  static unlink(name: string): boolean {
    return syncSystem().unlink("array", checkName(name, "array"));
  }

  /** The name it was opened with. */
  get name(): string {
    return this.#object.name;
  }

  /** The number of elements, 0 once it is closed. */
  get length(): number {
    return this.#values.length;
  }

  /** The elements themselves, for `Atomics` and whole-array work. @throws {ProcrefError} `"closed"`. */
  get values(): A {
    this.#object.assertOpen();
    return this.#values;
  }

  /**
   * Reads an element.
   *
   * @param index From 0; negative ones count from the end.
   * @returns Undefined out of bounds.
   * @throws {ProcrefError} `"closed"`.
   */
  at(index: number): A[number] | undefined {
    this.#object.assertOpen();
    return this.#values.at(index);
  }

  /**
   * Writes an element.
   *
   * @param index From 0; negative ones count from the end.
   * @param value The element; converted as the typed array does.
   * @throws {RangeError} The index is out of bounds.
   * @throws {TypeError} The value is a number where a bigint is due, or the other way round.
   * @throws {ProcrefError} `"closed"`.
   */
  set(index: number, value: A[number]): void {
    this.#object.assertOpen();
    const place = index < 0 ? this.length + index : index;
    if (!Number.isInteger(place) || place < 0 || place >= this.length) {
      throw new RangeError(
        `An index is an integer from ${-this.length} to ${this.length - 1}: ${index}`,
      );
    }
    const values: { [index: number]: A[number] } = this.#values;
    values[place] = value;
  }

  /** The elements, each read when it is due. @throws {ProcrefError} `"closed"`. */
  *[Symbol.iterator](): IterableIterator<A[number]> {
    for (let index = 0; index < this.length; index++) {
      const value = this.at(index);
      if (value !== undefined) yield value;
    }
  }

  /** Ends the use of this object. The array stays until it is unlinked. Closing again is a no-op. */
  close(): void {
    this.#object.close();
  }

  /** As `close()`. */
  [Symbol.dispose](): void {
    this.close();
  }
}
