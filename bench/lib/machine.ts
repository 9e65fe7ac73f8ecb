import { cpus, release, totalmem } from "node:os";
import { bunCommand } from "./command.ts";

/** On what the numbers were measured: a sentence for the tables. */
export function machine(): string {
  const processors = cpus();
  const model = processors[0]?.model.trim() ?? "an unknown processor";
  const memory = Math.round(totalmem() / 2 ** 30);
  return [
    `${model}, ${processors.length} cores, ${memory} GB; Linux ${release()}, ${libc()}, ${Deno.build.arch};`,
    `Deno ${Deno.version.deno}, Bun ${firstLine(bunCommand(), "--version")},`,
    `${firstLine("cc", "--version") ?? "no C compiler"}`,
  ].join(" ");
}

function libc(): string {
  return firstLine("ldd", "--version")?.replace(/^ldd \((.*)\) /, "glibc ") ?? "unknown libc";
}

/** The first line that a program prints; undefined where there is no such program. */
function firstLine(program: string, argument: string): string | undefined {
  try {
    const { stdout } = new Deno.Command(program, { args: [argument], stderr: "null" }).outputSync();
    return new TextDecoder().decode(stdout).split("\n")[0];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
