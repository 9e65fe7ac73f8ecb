import type { Terminal } from "./types.ts";

/** The parts of the `process` object that are used, declared here so that no type package is needed. */
interface Process {
  readonly argv: readonly string[];
  readonly stdout: { readonly columns?: number; readonly rows?: number };
  getBuiltinModule(name: "node:tty"): { isatty(descriptor: number): boolean };
  getBuiltinModule(name: "node:fs"): { writeSync(descriptor: number, bytes: Uint8Array): number };
  on(signal: string, listener: () => void): void;
  off(signal: string, listener: () => void): void;
  exit(code: number): never;
}

function globals(): Process {
  return (globalThis as unknown as { process: Process }).process;
}

export const bun: Terminal = {
  arguments: () => globals().argv.slice(2),

  isTerminal: (descriptor) => globals().getBuiltinModule("node:tty").isatty(descriptor),

  size() {
    const { columns, rows } = globals().stdout;
    return columns === undefined || rows === undefined ? undefined : { columns, rows };
  },

  write: (descriptor, bytes) => globals().getBuiltinModule("node:fs").writeSync(descriptor, bytes),

  onSignal(name, listener) {
    globals().on(name, listener);
    return () => globals().off(name, listener);
  },

  exit: (code) => globals().exit(code),
};
