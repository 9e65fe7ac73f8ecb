import { LARGEST_PAYLOAD } from "../header.ts";

/**
 * A number of bytes or elements, checked.
 *
 * @throws {TypeError} It is no number.
 * @throws {RangeError} It is not an integer from 1 on, or too large.
 */
export function checkSize(value: number, name: string, bytesEach = 1): number {
  if (typeof value !== "number") throw new TypeError(`${name} is a number: ${String(value)}`);
  const largest = Math.floor(LARGEST_PAYLOAD / bytesEach);
  if (!Number.isInteger(value) || value < 1 || value > largest) {
    throw new RangeError(`${name} is an integer from 1 to ${largest}: ${value}`);
  }
  return value;
}

/**
 * A range of bytes, checked against what there is.
 *
 * @throws {RangeError} It is not within 0 to `available`.
 */
export function checkRange(byteOffset: number, byteLength: number, available: number): void {
  if (
    Number.isInteger(byteOffset) && Number.isInteger(byteLength) && byteOffset >= 0 &&
    byteLength >= 0 && byteOffset + byteLength <= available
  ) return;
  throw new RangeError(
    `Bytes ${byteOffset} to ${byteOffset + byteLength} are not within 0 to ${available}`,
  );
}
