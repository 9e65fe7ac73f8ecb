import type { Terminal } from "./types.ts";

// Deno's own functions: loading node:process, node:fs and node:tty instead takes as long as all the rest of a start.
export const deno: Terminal = {
  arguments: () => Deno.args,

  isTerminal: (descriptor) => (descriptor === 1 ? Deno.stdout : Deno.stderr).isTerminal(),

  size() {
    try {
      return Deno.consoleSize();
    } catch {
      return undefined;
    }
  },

  write: (descriptor, bytes) => (descriptor === 1 ? Deno.stdout : Deno.stderr).writeSync(bytes),

  onSignal(name, listener) {
    const signal = name as Deno.Signal;
    Deno.addSignalListener(signal, listener);
    return () => Deno.removeSignalListener(signal, listener);
  },

  exit: (code) => Deno.exit(code),
};
