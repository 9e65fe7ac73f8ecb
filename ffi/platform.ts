// Which system this is. The adapters and the symbol tables depend on it, so it is asked here and nowhere below.

/** The operating systems that procref knows. Every other one is taken for a Linux, and says so at its first call. */
export type Platform = "linux" | "darwin" | "windows";

/** The instruction sets that the runtimes are built for. */
export type Architecture = "x86-64" | "arm64";

interface BunHost {
  readonly process: {
    readonly platform: string;
    readonly arch: string;
    readonly env: Readonly<Record<string, string | undefined>>;
  };
}

/** The runtime that this is. */
export const runtimeName: "deno" | "bun" = "Bun" in globalThis ? "bun" : "deno";

const { os, arch } = runtimeName === "bun" ? hostOfBun() : Deno.build;

function bun(): BunHost["process"] {
  return (globalThis as unknown as BunHost).process;
}

function hostOfBun(): { os: string; arch: string } {
  const { platform, arch } = bun();
  return { os: platform, arch };
}

/** A variable of the environment, in Bun only: Deno wants a permission for that. */
export function variableOfBun(name: string): string | undefined {
  return bun().env[name];
}

/** This process's operating system. */
export const platform: Platform = os === "darwin"
  ? "darwin"
  : os === "windows" || os === "win32"
  ? "windows"
  : "linux";

/** This process's instruction set: system call numbers and some flags depend on it. */
export const architecture: Architecture = arch === "aarch64" || arch === "arm64"
  ? "arm64"
  : "x86-64";
