// The parts of Bun that the adapter uses, declared here so that no type package of Bun is needed to read it.

/** The part of `bun:ffi` that is used. */
export interface BunFfi {
  dlopen(
    file: string,
    symbols: Record<string, { args: string[]; returns: string }>,
  ): { symbols: Record<string, unknown> };
  ptr(buffer: ArrayBufferView): number;
  toArrayBuffer(address: number, byteOffset: number, byteLength: number): ArrayBuffer;
}

/** A Worker whose hold on the process can be taken off and put back. */
export interface HoldingWorker extends Worker {
  ref(): void;
  unref(): void;
}

/** Bun's globals. Only Bun's adapter asks for them, and only in Bun. */
export interface BunGlobals {
  Bun: { file(descriptor: number): { stream(): ReadableStream<Uint8Array> } };
  process: { getBuiltinModule(name: "bun:ffi"): BunFfi };
  Worker: new (url: string) => HoldingWorker;
}
