import { fileURLToPath } from "node:url";
import type { Scratch } from "./scratch.ts";

/**
 * Compiles a file of `bench/c` with `cc -O2`.
 *
 * @returns The program's path; undefined where there is no C compiler.
 * @throws {Error} The compiler refuses the file.
 */
export function compile(file: string, scratch: Scratch): string | undefined {
  const source = fileURLToPath(new URL(`../c/${file}`, import.meta.url));
  const program = `${scratch.path}/${file.replace(/\.c$/, "")}`;
  const args = ["-O2", "-Wall", "-Werror", "-o", program, source];
  try {
    const { success, stderr } = new Deno.Command("cc", { args }).outputSync();
    if (success) return program;
    throw new Error(new TextDecoder().decode(stderr));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** What a table says in place of a floor that could not be compiled. */
export const NO_COMPILER = "no C compiler";
