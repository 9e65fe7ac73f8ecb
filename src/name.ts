const LONGEST = 255;
const encoder = new TextEncoder();

/**
 * A name of something shared, checked: 1 to 255 bytes of UTF-8 without NUL.
 *
 * @throws {TypeError} It is no string, or holds NUL or half a surrogate pair.
 * @throws {RangeError} It is empty or too long.
 */
export function checkName(name: string, what: string): string {
  if (typeof name !== "string") {
    throw new TypeError(`A ${what}'s name is a string: ${String(name)}`);
  }
  if (name.includes("\0")) throw new TypeError(`A ${what}'s name holds no NUL: ${quote(name)}`);
  if (!name.isWellFormed()) {
    throw new TypeError(`A ${what}'s name is Unicode text: ${quote(name)}`);
  }
  const { length } = encoder.encode(name);
  if (length < 1 || length > LONGEST) {
    throw new RangeError(`A ${what}'s name has 1 to ${LONGEST} bytes, not ${length}`);
  }
  return name;
}

/** A value in quotes, with everything unprintable escaped. */
export function quote(value: string): string {
  return JSON.stringify(value);
}

/** A 64-bit number as two of 32 bits: bigints take a cold program a third of a millisecond for a path. */
export interface Halves {
  readonly high: number;
  readonly low: number;
}

/**
 * The FNV-1a hash of a text's UTF-8 bytes, 64 bits (draft-eastlake-fnv). The prime is 2^40 + 0x1b3: times 2^40 moves the
 * low half up by 8 bits.
 */
export function hash(text: string): Halves {
  let high = 0xcbf29ce4;
  let low = 0x84222325;
  const bytes = encoder.encode(text);
  for (let at = 0; at < bytes.length; at++) {
    low = (low ^ (bytes[at] ?? 0)) >>> 0;
    const product = low * 0x1b3;
    high = (high * 0x1b3 + Math.floor(product / 0x100000000) + (low << 8)) >>> 0;
    low = product >>> 0;
  }
  return { high, low };
}

/** The hash of a text in 16 hexadecimal digits: what tells texts apart where they don't fit. */
export function fingerprint(text: string): string {
  const { high, low } = hash(text);
  return `${hexadecimal(high)}${hexadecimal(low)}`;
}

function hexadecimal(half: number): string {
  return half.toString(16).padStart(8, "0");
}
