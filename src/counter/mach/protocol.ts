// What counters say to their keeper, and it to them.

/** Ids of messages. */
export const ASK = {
  acquire: 1,
  release: 2,
  count: 3,
  tryLock: 4,
  unlock: 5,
  /** Answered when the lock is given. */
  lock: 6,
  /** Answered when no reference is left. */
  zero: 7,
  holder: 8,
} as const;

/** The id of an answer. */
export const ANSWER = 100;

/** The id of a message that only ends a wait. */
export const WAKE = 101;

/** The name under which a user's keeper is found. */
export function serviceName(user: number): string {
  return `procref.keeper.${user}`;
}

const decoder = new TextDecoder();

/** A counter's name in a message. */
export function encodeName(name: string): Uint8Array {
  const text = new TextEncoder().encode(name);
  const payload = new Uint8Array(4 + text.length);
  new DataView(payload.buffer).setUint32(0, text.length, true);
  payload.set(text, 4);
  return payload;
}

/** Reads it; undefined: that is none of ours. */
export function decodeName(payload: Uint8Array): string | undefined {
  if (payload.length < 4) return undefined;
  const length = new DataView(payload.buffer, payload.byteOffset).getUint32(0, true);
  return length > payload.length - 4 ? undefined : decoder.decode(payload.subarray(4, 4 + length));
}

/** A number in an answer. */
export function encodeNumber(value: number): Uint8Array {
  const payload = new Uint8Array(4);
  new DataView(payload.buffer).setInt32(0, value, true);
  return payload;
}

/** Reads it. */
export function decodeNumber(payload: Uint8Array): number {
  return payload.length < 4
    ? 0
    : new DataView(payload.buffer, payload.byteOffset).getInt32(0, true);
}
