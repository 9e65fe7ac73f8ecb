import { processes } from "../../../ffi/libc.ts";
import { hash, quote } from "../../name.ts";
import { MANNER, type Place } from "./set.ts";

const LARGEST_VALUE = 32767; // of a semaphore (SEMVMX)

/**
 * Where the semaphores of a name are. The key is 32 bits of a hash over user, kind and name; 15 more bits tell
 * names with one key apart. (Two names that agree in all 47 bits would share: once in 10^14 pairs.)
 *
 * @param kind What the name names: names of different kinds never meet.
 * @param name The name.
 * @param scope What the name is relative to, for example a directory.
 */
export function placeOf(kind: "counter" | "service", name: string, scope = ""): Place {
  const { high, low } = hash([processes().geteuid(), kind, scope, name].join("\0"));
  return {
    // A key is signed; 0 is IPC_PRIVATE, which is never the same set twice.
    key: low === 0 ? 1 : low | 0,
    tag: 1 + high % LARGEST_VALUE,
    get subject() {
      return `for ${kind} ${quote(name)}`;
    },
    manner: MANNER,
  };
}
