/** The typed arrays of 1 to 8 bytes per element. */
export type ElementArray =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Float64Array;

/** A typed array's constructor, such as `Float64Array`. */
export interface ElementType<A extends ElementArray> {
  /** A view of a buffer. */
  new (buffer: ArrayBuffer, byteOffset?: number, length?: number): A;
  /** An array of zeros. */
  new (length: number): A;
  /** The size of an element. */
  readonly BYTES_PER_ELEMENT: number;
  /** For example `"Float64Array"`. */
  readonly name: string;
}

// Their numbers are part of the format.
const NUMBERS: ReadonlyMap<unknown, number> = new Map<unknown, number>([
  [Int8Array, 1],
  [Uint8Array, 2],
  [Uint8ClampedArray, 3],
  [Int16Array, 4],
  [Uint16Array, 5],
  [Int32Array, 6],
  [Uint32Array, 7],
  [BigInt64Array, 8],
  [BigUint64Array, 9],
  [Float32Array, 10],
  [Float64Array, 11],
]);

/** The number of an element type. @throws {TypeError} It is none. */
export function elementNumber(type: unknown): number {
  const number = NUMBERS.get(type);
  if (number !== undefined) return number;
  throw new TypeError(`An element type is a typed array such as Float64Array: ${String(type)}`);
}
