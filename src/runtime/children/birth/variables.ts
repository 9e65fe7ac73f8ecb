// The environment that a child inherits: environ(7), which the C library and Deno share.

import { cstring, environment } from "../../../../ffi/libc.ts";
import { type Address, native } from "../../../../ffi/mod.ts";
import { addressOfSymbol } from "./chain.ts";
import type { Memory } from "./memory.ts";

/** Where the C library has the pointer; setenv(3) may change that. */
let environ: Address | undefined;

/** The address of an `envp` of this process's variables with others laid over them. */
export function variablesWith(
  own: Readonly<Record<string, string>>,
  clear: boolean,
  memory: Memory,
): number {
  const entries = Object.entries(own);
  const texts = entries.map(([name, value]) => `${name}=${value}`);
  if (clear) return memory.texts(texts);
  const inherited = pointerAt(environ ??= addressOfSymbol("environ"));
  if (entries.length === 0) return Number(inherited);
  const hidden = new Set(entries.map(([name]) => pointerTo(name)));
  return memory.texts(texts, pointersAt(inherited).filter((pointer) => !hidden.has(pointer)));
}

/** Where a variable's `NAME=value` is, if there is one. */
function pointerTo(name: string): bigint | undefined {
  const key = cstring(name);
  const value = environment().getenv(key);
  // The value stands behind the name and an equals sign, which is as long as the NUL.
  return value === null ? undefined : native.numberOf(value) - BigInt(key.length);
}

function pointerAt(address: ReturnType<typeof addressOfSymbol>): bigint {
  if (address === undefined) return 0n;
  return new BigUint64Array(native.view(address, 8))[0] ?? 0n;
}

/** The pointers up to a NULL. */
function pointersAt(list: bigint): bigint[] {
  const pointers: bigint[] = [];
  if (list === 0n) return pointers;
  const address = native.addressAt(list);
  for (;;) {
    const pointer = new BigUint64Array(native.view(address, 8, 8 * pointers.length))[0] ?? 0n;
    if (pointer === 0n) return pointers;
    pointers.push(pointer);
  }
}
