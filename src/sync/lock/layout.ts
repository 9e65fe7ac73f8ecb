import type { Kind } from "../header.ts";
import { type OpenOptions, SharedObject } from "../shared_object.ts";
import { LOCK_BYTES, LockWord } from "./word.ts";

/** Opens an object that is one lock. All zeros is a free lock, so nothing has to be written first. */
export function openLock(
  kind: Kind & ("mutex" | "monitor"),
  name: string,
  options: OpenOptions,
): LockWord {
  const shape = { byteLength: LOCK_BYTES, scoped: true };
  return new LockWord(SharedObject.open(kind, name, shape, options));
}
