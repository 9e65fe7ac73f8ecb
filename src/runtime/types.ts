import type { Architecture, Platform } from "../../ffi/platform.ts";

/** What differs between the runtimes besides FFI. */
export interface Runtime {
  readonly name: "deno" | "bun";
  /** The operating system's name, as both runtimes spell it after translation. */
  readonly platform: Platform;
  /** The processor's instruction set: system call numbers and some flags of open(2) depend on it. */
  readonly architecture: Architecture;
  /** This process. */
  readonly pid: number;
  /** True in a program made by `deno compile` or `bun build --compile`: its executable is that program. */
  readonly standalone: boolean;
  /** The environment that children inherit. */
  environment(): Record<string, string>;
  /** One variable of it. */
  variable(name: string): string | undefined;
  /** Ends this process now, with code 0. */
  exit(): void;
  /** Sets, or with undefined removes, a variable of the environment that children inherit. */
  setVariable(name: string, value: string | undefined): void;
  /** The command line that runs a script given on standard input, for the guardian's pass. */
  scriptFromStdin(executable: string, flags: readonly string[]): string[];
  /** What must be in the environment of that command line. */
  readonly scriptEnvironment: Readonly<Record<string, string>>;
}
