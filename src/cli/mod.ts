/**
 * The `procref` command: shared services, locks and process trees for every shell and every language.
 *
 * ```sh
 * deno run -A jsr:@procref/procref/cli with web --start "python3 -m http.server -b 127.0.0.1 {port}" --port free -- sh
 * deno install -gA -n procref jsr:@procref/procref/cli
 * procref --help
 * ```
 *
 * For Bun, the package for npm (`deno task npm` in the repository) brings the command: `bunx @procref/procref --help`.
 * As it comes from JSR, it has none.
 *
 * Importing this does nothing; `main` runs one command line.
 *
 * @example
 * ```ts
 * import { main } from "@procref/procref/cli";
 *
 * console.log(await main(["run", "--", "true"])); // 0
 * ```
 *
 * @module
 */

/**
 * Runs one command line. It listens to signals, writes to standard output and standard error, and hands its terminal
 * to the command that it runs.
 *
 * @param args What stands after the program's name.
 * @returns The exit code.
 *
 * @example
 * ```ts
 * import { main } from "@procref/procref/cli";
 *
 * const code = await main(["lock", "docs-main", "--", "true"]);
 * await main(["lock", "docs-main", "--unlink"]);
 * console.log(code); // 0
 * ```
 */
export async function main(args: readonly string[]): Promise<number> {
  const { dispatch } = await import("./dispatch.ts");
  return await dispatch(args);
}

if (import.meta.main) {
  const { terminal } = await import("../runtime/terminal/mod.ts");
  terminal.exit(await main(terminal.arguments()));
}
