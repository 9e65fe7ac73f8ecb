import { bun as runtime } from "../bun.ts";
import type { Origin, RuntimeProgram } from "./types.ts";

interface BunGlobals {
  readonly Bun: { readonly main: string; readonly isMainThread: boolean };
  readonly process: {
    readonly argv: readonly string[];
    chdir(path: string): void;
    on(event: string, handler: () => void): void;
    off(event: string, handler: () => void): void;
  };
}

function globals(): BunGlobals {
  return globalThis as unknown as BunGlobals;
}

function isEval(main: string): boolean {
  return /[\\/]\[eval\]$/.test(main);
}

function sourceOf(commandLine: readonly string[]): Origin["source"] {
  const { main } = globals().Bun;
  if (/[\\/]\[stdin\]$/.test(main)) return "stdin";
  if (isEval(main)) return "eval";
  if (runtime.standalone) return "file";
  const command = commandLine.slice(1).find((word) => !word.startsWith("-"));
  return command === "test" || command === "repl" ? "runner" : "file";
}

export const bun: RuntimeProgram = {
  origin(commandLine) {
    const { Bun, process } = globals();
    // The second word is the script; `bun -e` has none.
    const args = process.argv.slice(isEval(Bun.main) ? 1 : 2);
    return { source: sourceOf(commandLine), args, mainThread: Bun.isMainThread };
  },

  changeDirectory(path) {
    globals().process.chdir(path);
  },

  forgetVariable(name) {
    runtime.forgetVariable(name);
  },

  onSignal(name, handler) {
    const { process } = globals();
    process.on(name, handler);
    return () => process.off(name, handler);
  },

  onExit(handler) {
    globals().process.on("exit", handler);
  },
};
