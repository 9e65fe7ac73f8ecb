/** Bytes of an encoding that are not valid in it. */
export class InvalidEncoding extends Error {
  constructor(readonly label: string) {
    super(`Invalid ${label}`);
  }
}

/** Text from bytes that come in pieces: a character may be cut by the border of two. */
export class Decoding {
  readonly #decoder: TextDecoder;

  /** @param label As in the WHATWG Encoding Standard. @param fatal What is invalid throws. */
  constructor(label: string, fatal: boolean) {
    this.#decoder = new TextDecoder(label, { fatal });
  }

  /** @throws {InvalidEncoding} */
  push(bytes: Uint8Array): string {
    return this.#decode(bytes, true);
  }

  /** What is left of a cut character. @throws {InvalidEncoding} */
  end(): string {
    return this.#decode(new Uint8Array(), false);
  }

  #decode(bytes: Uint8Array, stream: boolean): string {
    try {
      return this.#decoder.decode(bytes, { stream });
    } catch {
      throw new InvalidEncoding(this.#decoder.encoding);
    }
  }
}

const UTF8 = new TextDecoder();

/**
 * The text of what was kept of a stream.
 *
 * @param cut Its beginning or end may lie within a character, as it was cut there.
 * @throws {InvalidEncoding}
 */
export function decode(bytes: Uint8Array, label: string, fatal: boolean, cut: boolean): string {
  const whole = cut && /^utf-?8$/i.test(label) ? wholeCharacters(bytes) : bytes;
  if (label === "utf-8" && !fatal) return UTF8.decode(whole);
  try {
    return new TextDecoder(label, { fatal }).decode(whole);
  } catch {
    throw new InvalidEncoding(label);
  }
}

/**
 * The text of the last bytes; what is invalid is replaced. It does not begin in the middle of a character of UTF-8 or
 * UTF-16; in other encodings that can't be seen from there.
 */
export function decodeLast(bytes: Uint8Array, label: string, most: number): string {
  const decoder = new TextDecoder(label);
  let start = Math.max(0, bytes.length - most);
  if (start > 0 && decoder.encoding === "utf-8") {
    while (isContinuation(bytes[start])) start++;
  } else if (start > 0 && decoder.encoding.startsWith("utf-16")) {
    start += start % 2;
    if (isSecondHalf(bytes[decoder.encoding === "utf-16be" ? start : start + 1])) start += 2;
  }
  return decoder.decode(bytes.subarray(start));
}

/** The higher byte of the second unit of a surrogate pair. */
function isSecondHalf(byte = 0): boolean {
  return (byte & 0xfc) === 0xdc;
}

const LONGEST_REST = 3;

/** Without the bytes of a cut character at the beginning and the end. */
function wholeCharacters(bytes: Uint8Array): Uint8Array {
  let start = 0;
  while (start < LONGEST_REST && isContinuation(bytes[start])) start++;
  let end = bytes.length;
  let rest = 0;
  while (rest < LONGEST_REST && isContinuation(bytes[end - 1 - rest])) rest++;
  if (lengthOf(bytes[end - 1 - rest]) > rest + 1) end -= rest + 1;
  return bytes.subarray(start, Math.max(start, end));
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

/** How many bytes a character has that begins like this. */
function lengthOf(byte = 0): number {
  return byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
}
