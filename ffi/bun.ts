// The Bun side of the interface: bun:ffi, Workers for calls that block, and Bun's own event loop for descriptors.

import { ProcrefError } from "./errors.ts";
import { platform } from "./platform.ts";
import { whenPolled } from "./polled.ts";
import type {
  Address,
  BoundElsewhere,
  CType,
  Library,
  Native,
  Prototype,
  SymbolTable,
  Waiting,
} from "./types.ts";
import type { BunFfi, BunGlobals } from "./bun_api.ts";

const globals = globalThis as unknown as BunGlobals;

// A built-in module by name keeps the import synchronous, and out of sight of every other runtime's loader.
let loaded: BunFfi | undefined;
function ffi(): BunFfi {
  return loaded ??= globals.process.getBuiltinModule("bun:ffi");
}

const BUN_TYPES: Record<CType | "void", string> = {
  i32: "i32",
  u16: "u16",
  u32: "u32",
  i64: "i64",
  u64: "u64",
  buffer: "ptr",
  address: "ptr",
  handle: "i64",
  void: "void",
};

function definition(prototype: Prototype): { args: string[]; returns: string } {
  return {
    args: prototype.args.map((type) => BUN_TYPES[type]),
    returns: BUN_TYPES[prototype.returns],
  };
}

/** Opens one function; undefined where the library lacks it, and an error where no library is there. */
function openOne(files: readonly string[], name: string, prototype: Prototype): unknown {
  let failure: unknown;
  for (const file of files) {
    try {
      return ffi().dlopen(file, { [name]: definition(prototype) }).symbols[name];
    } catch (error) {
      failure ??= error;
    }
  }
  if (prototype.optional) return undefined;
  throw new ProcrefError("not_found", `${name} is in none of ${files.join(", ")}`, {
    cause: failure,
  });
}

export const bun: Native = {
  open<Table extends SymbolTable>(files: readonly string[], table: Table): Library<Table> {
    const required: Record<string, { args: string[]; returns: string }> = {};
    const bound: Record<string, unknown> = {};
    for (const name in table) {
      const prototype = table[name];
      if (prototype === undefined) continue;
      if (prototype.optional) bound[name] = openOne(files, name, prototype);
      else required[name] = definition(prototype);
    }
    // bun:ffi refuses to open a library for nothing.
    if (Object.keys(required).length === 0) return bound as unknown as Library<Table>;
    let failure: unknown;
    for (const file of files) {
      try {
        return { ...ffi().dlopen(file, required).symbols, ...bound } as unknown as Library<Table>;
      } catch (error) {
        failure ??= error;
      }
    }
    throw new ProcrefError("not_found", `None of ${files.join(", ")} can be opened`, {
      cause: failure,
    });
  },

  openElsewhere<P extends Prototype>(
    files: readonly string[],
    name: string,
    prototype: P,
  ): BoundElsewhere<P> {
    const { args, returns } = definition(prototype);
    const call = async (...values: unknown[]): Promise<unknown> => {
      const { callElsewhere } = await import("./bun_worker.ts");
      // A Worker shares this process's memory, so it gets addresses; `values` keeps the buffers alive.
      const raw = values.map((value) => ArrayBuffer.isView(value) ? ffi().ptr(value) : value);
      return await callElsewhere({ files, name, args, returns, values: raw }, values);
    };
    return call as unknown as BoundElsewhere<P>;
  },

  view(address: Address, byteLength: number, byteOffset = 0): ArrayBuffer {
    return ffi().toArrayBuffer(address as unknown as number, byteOffset, byteLength);
  },

  numberOf(address): bigint {
    return BigInt(address as unknown as number | bigint | null ?? 0);
  },

  addressOf(buffer): bigint {
    return BigInt(ffi().ptr(buffer));
  },

  addressAt(value): Address {
    return Number(value) as unknown as Address;
  },

  whenReadable(descriptor): Waiting {
    // What stands for a process there is a queue of events, from which Bun's streams cannot read.
    if (platform === "darwin") return whenPolled(descriptor);
    const reader = globals.Bun.file(descriptor).stream().getReader();
    let cancelled = false;
    // A pidfd cannot be read: the stream ends in EINVAL exactly when its process does.
    const event = reader.read().then(() => {}, () => {});
    return {
      done: event.then(() => !cancelled),
      cancel() {
        cancelled = true;
        reader.cancel().catch(() => {});
      },
    };
  },
};
