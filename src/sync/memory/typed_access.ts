/**
 * Reads and writes single values at any byte offset, aligned or not, little-endian unless told otherwise. The names
 * and rules are those of `DataView`. An offset out of bounds is a `RangeError`, any use after `close()` a
 * `ProcrefError` with code `"closed"`. No access is atomic: use `Atomics` on a view, or a lock.
 *
 * @example
 * ```ts
 * import { SharedMemory } from "@procref/procref/sync";
 *
 * using memory = SharedMemory.open("docs-typed", { size: 16 });
 * memory.setFloat64(3, Math.PI); // any offset, aligned or not
 * console.log(memory.getFloat64(3) === Math.PI); // true
 * SharedMemory.unlink("docs-typed");
 * ```
 */
export abstract class TypedAccess {
  /** The bytes, for one access at an offset that is checked. */
  protected abstract at(byteOffset: number, byteLength: number): DataView;

  /** Reads an 8-bit integer with sign. @throws {RangeError} Out of bounds. @throws {ProcrefError} `"closed"`. */
  getInt8(byteOffset: number): number {
    return this.at(byteOffset, 1).getInt8(byteOffset);
  }

  /** Writes an 8-bit integer with sign, as `DataView` converts it. @throws {RangeError} @throws {ProcrefError} `"closed"`. */
  setInt8(byteOffset: number, value: number): void {
    this.at(byteOffset, 1).setInt8(byteOffset, value);
  }

  /** Reads an 8-bit integer without sign. @throws {RangeError} Out of bounds. @throws {ProcrefError} `"closed"`. */
  getUint8(byteOffset: number): number {
    return this.at(byteOffset, 1).getUint8(byteOffset);
  }

  /** Writes an 8-bit integer without sign, as `DataView` converts it. @throws {RangeError} @throws {ProcrefError} `"closed"`. */
  setUint8(byteOffset: number, value: number): void {
    this.at(byteOffset, 1).setUint8(byteOffset, value);
  }

  /** Reads a 16-bit integer with sign. @throws {RangeError} Out of bounds. @throws {ProcrefError} `"closed"`. */
  getInt16(byteOffset: number, littleEndian = true): number {
    return this.at(byteOffset, 2).getInt16(byteOffset, littleEndian);
  }

  /** Writes a 16-bit integer with sign, as `DataView` converts it. @throws {RangeError} @throws {ProcrefError} `"closed"`. */
  setInt16(byteOffset: number, value: number, littleEndian = true): void {
    this.at(byteOffset, 2).setInt16(byteOffset, value, littleEndian);
  }

  /** Reads a 16-bit integer without sign. @throws {RangeError} Out of bounds. @throws {ProcrefError} `"closed"`. */
  getUint16(byteOffset: number, littleEndian = true): number {
    return this.at(byteOffset, 2).getUint16(byteOffset, littleEndian);
  }

  /** Writes a 16-bit integer without sign, as `DataView` converts it. @throws {RangeError} @throws {ProcrefError} `"closed"`. */
  setUint16(byteOffset: number, value: number, littleEndian = true): void {
    this.at(byteOffset, 2).setUint16(byteOffset, value, littleEndian);
  }

  /** Reads a 32-bit integer with sign. @throws {RangeError} Out of bounds. @throws {ProcrefError} `"closed"`. */
  getInt32(byteOffset: number, littleEndian = true): number {
    return this.at(byteOffset, 4).getInt32(byteOffset, littleEndian);
  }

  /** Writes a 32-bit integer with sign, as `DataView` converts it. @throws {RangeError} @throws {ProcrefError} `"closed"`. */
  setInt32(byteOffset: number, value: number, littleEndian = true): void {
    this.at(byteOffset, 4).setInt32(byteOffset, value, littleEndian);
  }

  /** Reads a 32-bit integer without sign. @throws {RangeError} Out of bounds. @throws {ProcrefError} `"closed"`. */
  getUint32(byteOffset: number, littleEndian = true): number {
    return this.at(byteOffset, 4).getUint32(byteOffset, littleEndian);
  }

  /** Writes a 32-bit integer without sign, as `DataView` converts it. @throws {RangeError} @throws {ProcrefError} `"closed"`. */
  setUint32(byteOffset: number, value: number, littleEndian = true): void {
    this.at(byteOffset, 4).setUint32(byteOffset, value, littleEndian);
  }

  /** Reads a 64-bit integer with sign. @throws {RangeError} Out of bounds. @throws {ProcrefError} `"closed"`. */
  getBigInt64(byteOffset: number, littleEndian = true): bigint {
    return this.at(byteOffset, 8).getBigInt64(byteOffset, littleEndian);
  }

  /** Writes a 64-bit integer with sign, as `DataView` converts it. @throws {RangeError} @throws {ProcrefError} `"closed"`. */
  setBigInt64(byteOffset: number, value: bigint, littleEndian = true): void {
    this.at(byteOffset, 8).setBigInt64(byteOffset, value, littleEndian);
  }

  /** Reads a 64-bit integer without sign. @throws {RangeError} Out of bounds. @throws {ProcrefError} `"closed"`. */
  getBigUint64(byteOffset: number, littleEndian = true): bigint {
    return this.at(byteOffset, 8).getBigUint64(byteOffset, littleEndian);
  }

  /** Writes a 64-bit integer without sign, as `DataView` converts it. @throws {RangeError} @throws {ProcrefError} `"closed"`. */
  setBigUint64(byteOffset: number, value: bigint, littleEndian = true): void {
    this.at(byteOffset, 8).setBigUint64(byteOffset, value, littleEndian);
  }

  /** Reads a 32-bit floating point number. @throws {RangeError} Out of bounds. @throws {ProcrefError} `"closed"`. */
  getFloat32(byteOffset: number, littleEndian = true): number {
    return this.at(byteOffset, 4).getFloat32(byteOffset, littleEndian);
  }

  /** Writes a 32-bit floating point number, as `DataView` converts it. @throws {RangeError} @throws {ProcrefError} `"closed"`. */
  setFloat32(byteOffset: number, value: number, littleEndian = true): void {
    this.at(byteOffset, 4).setFloat32(byteOffset, value, littleEndian);
  }

  /** Reads a 64-bit floating point number. @throws {RangeError} Out of bounds. @throws {ProcrefError} `"closed"`. */
  getFloat64(byteOffset: number, littleEndian = true): number {
    return this.at(byteOffset, 8).getFloat64(byteOffset, littleEndian);
  }

  /** Writes a 64-bit floating point number, as `DataView` converts it. @throws {RangeError} @throws {ProcrefError} `"closed"`. */
  setFloat64(byteOffset: number, value: number, littleEndian = true): void {
    this.at(byteOffset, 8).setFloat64(byteOffset, value, littleEndian);
  }
}
