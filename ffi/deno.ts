// The Deno side of the interface: Deno.dlopen, Deno.UnsafePointer, and one shared poll(2) on a pool thread.

import { PermissionError, ProcrefError } from "./errors.ts";
import { whenPolled } from "./polled.ts";
import type {
  Address,
  BoundElsewhere,
  CType,
  Library,
  Native,
  Prototype,
  SymbolTable,
} from "./types.ts";

const TYPES: Record<CType | "void", Deno.NativeResultType> = {
  i32: "i32",
  u16: "u16",
  u32: "u32",
  i64: "i64",
  u64: "u64",
  buffer: "buffer",
  address: "pointer",
  handle: "isize",
  void: "void",
};

// Deno compiles a way into each function when it is bound: 0.1 to 0.2 ms, for calls that are 0.3 us faster. Not for one
// that takes a structure; so functions that are not hot are given one byte too many, at which none of them looks.
const SPARE: Deno.NativeType = { struct: ["u8"] };
const NOTHING = new Uint8Array(1);

function definition(prototype: Prototype, nonblocking: boolean): Deno.ForeignFunction {
  const parameters = prototype.args.map((type) => TYPES[type] as Deno.NativeType);
  return {
    parameters: prototype.hot || nonblocking ? parameters : [...parameters, SPARE],
    result: TYPES[prototype.returns],
    nonblocking,
    optional: prototype.optional ?? false,
  };
}

/** A library's functions, without the parameter that only Deno knows of. */
function plain(symbols: Readonly<Record<string, unknown>>, table: SymbolTable): unknown {
  return Object.fromEntries(
    Object.entries(symbols).map(([name, symbol]) => {
      if (table[name]?.hot || typeof symbol !== "function") return [name, symbol];
      return [name, (...values: unknown[]) => symbol(...values, NOTHING)];
    }),
  );
}

/** Deno's refusal, said in terms of what the user can do. */
function explain(error: unknown, library: string): Error {
  if (error instanceof Deno.errors.NotCapable) {
    return new PermissionError(
      `procref calls the system through ${library} and needs --allow-ffi (without a path)`,
      { cause: error },
    );
  }
  return error instanceof Error ? error : new Error(String(error));
}

function openFirst<Definitions extends Deno.ForeignLibraryInterface>(
  files: readonly string[],
  definitions: Definitions,
): Deno.DynamicLibrary<Definitions> {
  let failure: Error | undefined;
  for (const file of files) {
    try {
      return Deno.dlopen(file, definitions);
    } catch (error) {
      failure = explain(error, file);
      if (failure instanceof PermissionError) throw failure;
    }
  }
  throw new ProcrefError("not_found", `None of ${files.join(", ")} can be opened`, {
    cause: failure,
  });
}

export const deno: Native = {
  open<Table extends SymbolTable>(files: readonly string[], table: Table): Library<Table> {
    const definitions: Record<string, Deno.ForeignFunction> = {};
    for (const name in table) {
      const prototype = table[name];
      if (prototype !== undefined) definitions[name] = definition(prototype, false);
    }
    // The table decides the functions' types; Deno's own inference would repeat it.
    return plain(openFirst(files, definitions).symbols, table) as Library<Table>;
  },

  openElsewhere<P extends Prototype>(
    files: readonly string[],
    name: string,
    prototype: P,
  ): BoundElsewhere<P> {
    const library = openFirst(files, { [name]: definition(prototype, true) });
    return library.symbols[name] as unknown as BoundElsewhere<P>;
  },

  view(address: Address, byteLength: number, byteOffset = 0): ArrayBuffer {
    try {
      return Deno.UnsafePointerView.getArrayBuffer(
        address as unknown as Deno.PointerObject,
        byteLength,
        byteOffset,
      );
    } catch (error) {
      throw explain(error, "memory views");
    }
  },

  numberOf(address): bigint {
    return Deno.UnsafePointer.value(address as unknown as Deno.PointerValue);
  },

  addressOf(buffer): bigint {
    return Deno.UnsafePointer.value(Deno.UnsafePointer.of(buffer as Uint8Array<ArrayBuffer>));
  },

  addressAt(value): Address {
    return Deno.UnsafePointer.create(value) as unknown as Address;
  },

  whenReadable: whenPolled,
};
