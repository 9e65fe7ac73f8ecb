import { checked, cstring, environment } from "../../../ffi/libc.ts";
import { daemons } from "../../../ffi/libc_daemon.ts";
import { platform } from "../../../ffi/platform.ts";
import type { Origin, RuntimeProgram } from "./types.ts";

// Another system's way is loaded only there.
const windows = platform === "windows" ? await import("../program_windows.ts") : undefined;

const RUNNERS = ["test", "bench", "repl", "jupyter"];

function sourceOf(commandLine: readonly string[]): Origin["source"] {
  const main = Deno.mainModule;
  if (main.includes("$deno$stdin")) return "stdin";
  if (main.includes("$deno$eval")) return "eval";
  if (Deno.build.standalone) return "file";
  const command = commandLine.slice(1).find((word) => !word.startsWith("-"));
  // `deno` alone is an interactive session as well.
  return command === undefined || RUNNERS.includes(command) ? "runner" : "file";
}

export const deno: RuntimeProgram = {
  origin(commandLine) {
    const mainThread = !("WorkerGlobalScope" in globalThis);
    // A Worker does not know the main module.
    const source = mainThread ? sourceOf(commandLine) : "file";
    return { source, args: Deno.args, mainThread };
  },

  // By the C library: Deno.chdir needs --allow-read.
  changeDirectory(path) {
    if (windows !== undefined) return windows.changeWindowsDirectory(path);
    checked(daemons().chdir(cstring(path)), "chdir", `to ${path}`);
  },

  forgetVariable(name) {
    environment().unsetenv(cstring(name));
  },

  onSignal(name, handler) {
    Deno.addSignalListener(name, handler);
    return () => Deno.removeSignalListener(name, handler);
  },

  onExit(handler) {
    globalThis.addEventListener("unload", handler);
  },
};
