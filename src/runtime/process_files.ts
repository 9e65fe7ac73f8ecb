// What this process was started with, from /proc (proc(5)): it needs no permission but --allow-ffi.

import { platform } from "../../ffi/platform.ts";
import { readLink, readText } from "../file/posix.ts";
import { windowsEnvironment } from "./environment_windows.ts";

function list(path: string): string[] {
  return readText(path)?.split("\0").slice(0, -1) ?? [];
}

/** The command line. */
export function commandLine(): string[] {
  return list("/proc/self/cmdline");
}

/** The environment as it was at the start; on Windows, as it is. */
export function initialEnvironment(): Record<string, string> {
  if (platform === "windows") return windowsEnvironment();
  return Object.fromEntries(
    list("/proc/self/environ").map((entry) => {
      const equals = entry.indexOf("=");
      return [entry.slice(0, equals), entry.slice(equals + 1)];
    }),
  );
}

/** The file that is being executed. */
export function executable(): string {
  return readLink("/proc/self/exe") ?? "";
}
