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
  if (/\p{Surrogate}/u.test(name)) {
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

/** The FNV-1a hash of a text's UTF-8 bytes, 64 bits (draft-eastlake-fnv). */
export function fingerprint(text: string): bigint {
  let hash = 0xcbf29ce484222325n;
  for (const byte of encoder.encode(text)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  return hash;
}
