// What this process was started with, from /proc (proc(5)) or sysctl(3): it needs no permission but --allow-ffi.

import { platform } from "../../ffi/platform.ts";
import { readLink, readText } from "../file/posix.ts";

// Another system's way is loaded only there.
const windows = platform === "windows" ? await import("./environment_windows.ts") : undefined;
const windowsProgram = platform === "windows" ? await import("./program_windows.ts") : undefined;
const darwin = platform === "darwin" ? await import("../file/darwin.ts") : undefined;

function list(path: string): string[] {
  return readText(path)?.split("\0").slice(0, -1) ?? [];
}

/** The command line. */
export function commandLine(): string[] {
  if (windowsProgram !== undefined) return windowsProgram.windowsCommandLine();
  return darwin === undefined ? list("/proc/self/cmdline") : [...darwin.beginning().commandLine];
}

/** The environment as it was at the start; on Windows, as it is. */
export function initialEnvironment(): Record<string, string> {
  if (windows !== undefined) return windows.windowsEnvironment();
  return Object.fromEntries(
    (darwin?.beginning().environment ?? list("/proc/self/environ")).map((entry) => {
      const equals = entry.indexOf("=");
      return [entry.slice(0, equals), entry.slice(equals + 1)];
    }),
  );
}

/** The file that is being executed. */
export function executable(): string {
  if (windowsProgram !== undefined) return windowsProgram.windowsExecutable();
  return darwin?.beginning().executable ?? readLink("/proc/self/exe") ?? "";
}
