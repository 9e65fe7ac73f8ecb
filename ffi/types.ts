/**
 * What a runtime's FFI must offer: the one interface behind which `Deno.dlopen` and `bun:ffi` disappear.
 *
 * @module
 */

import type { Platform } from "./platform.ts";
/**
 * The C types that our prototypes use. `buffer`: a pointer to the bytes of a typed array, or null. `handle`: a HANDLE
 * of Windows, as wide as a pointer, with a value of 32 bits that is negative for "this process" and "this thread".
 * `i64`: an offset in a file; what comes back may be a bigint. `u16`: a mode_t that comes back, which is no wider on macOS.
 */
export type CType = "u16" | "i32" | "u32" | "i64" | "u64" | "buffer" | "address" | "handle";

/** A C function's prototype. */
export interface Prototype {
  readonly args: readonly CType[];
  readonly returns: "u16" | "i32" | "u32" | "i64" | "address" | "void";
  /** A function that some versions of the library lack: it is bound as undefined there. */
  readonly optional?: true;
  /** A function that is called so often that a faster call is worth a slower binding. */
  readonly hot?: true;
  /** A variadic function: so many parameters come before the `...`. Bound with one signature all the same. */
  readonly variadic?: number;
  /** The one system that has the function, where not all have it. */
  readonly only?: Platform;
  /** What macOS on Intel puts behind the name: there the plain name is an older function with another structure. */
  readonly intelSuffix?: string;
}

/** The functions of one purpose: they are bound together, at the first call that needs one. */
export type SymbolTable = Readonly<Record<string, Prototype>>;

/** Where something lies in memory: a pointer object in Deno, a number in Bun. Only an adapter looks inside. */
export type Address = { readonly __address: unique symbol };

type Buffer = Uint8Array | Uint16Array | Int32Array | Uint32Array | BigUint64Array;

interface Values {
  u16: number;
  i32: number;
  u32: number;
  i64: number | bigint;
  u64: number;
  buffer: Buffer | null;
  address: Address | null;
  handle: number;
  void: void;
}

type Arguments<Types extends readonly CType[]> = {
  -readonly [Index in keyof Types]: Values[Types[Index]];
};

/** The JavaScript function that a prototype becomes. */
export type Bound<P extends Prototype> = (...args: Arguments<P["args"]>) => Values[P["returns"]];

/** The same function, called on another thread. */
export type BoundElsewhere<P extends Prototype> = (
  ...args: Arguments<P["args"]>
) => Promise<Values[P["returns"]]>;

/** A table's functions. */
export type Library<Table extends SymbolTable> = {
  readonly [Name in keyof Table]: Table[Name] extends { optional: true }
    ? Bound<Table[Name]> | undefined
    : Bound<Table[Name]>;
};

/**
 * A wait that can be given up. `done` resolves true for the event, false for `cancel()`. It rejects with a `SystemError`
 * when the system refuses what waiting takes, for example a descriptor (EMFILE).
 */
export interface Waiting {
  readonly done: Promise<boolean>;
  cancel(): void;
}

/** One runtime's foreign function interface. */
export interface Native {
  /** Opens the first library of `files` that exists and binds the table's functions. */
  open<Table extends SymbolTable>(files: readonly string[], table: Table): Library<Table>;
  /**
   * Binds one function so that each call runs on another thread; the event loop goes on meanwhile.
   * A call holds the process alive until it returns. errno is lost: see `facts` beside its users.
   */
  openElsewhere<P extends Prototype>(
    files: readonly string[],
    name: string,
    prototype: P,
  ): BoundElsewhere<P>;
  /** The bytes at an address, or some bytes after it, not copied. */
  view(address: Address, byteLength: number, byteOffset?: number): ArrayBuffer;
  /** An address as a number: for results such as MAP_FAILED, which point nowhere. */
  numberOf(address: Address | null): bigint;
  /** The address of a typed array's bytes, as a number to be written into a C structure. */
  addressOf(buffer: Buffer): bigint;
  /** The address that a number stands for: what a function wrote into a C structure. */
  addressAt(value: bigint): Address;
  /**
   * Waits until a nonblocking descriptor is readable or its other end is closed; whatever can be read may
   * be read and dropped. The descriptor stays open and is the caller's.
   */
  whenReadable(descriptor: number): Waiting;
}
