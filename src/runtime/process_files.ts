// What this process was started with, from /proc (proc(5)): it needs no permission but --allow-ffi.

import { readLink, readText } from "../file/posix.ts";

function list(path: string): string[] {
  return readText(path)?.split("\0").slice(0, -1) ?? [];
}

/** The command line. */
export function commandLine(): string[] {
  return list("/proc/self/cmdline");
}

/** The environment as it was at the start. */
export function initialEnvironment(): Record<string, string> {
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
