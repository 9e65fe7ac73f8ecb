// Running the commands of a check one after another, and saying which failed.

/** A command with a title. */
export interface Step {
  readonly title: string;
  readonly command: readonly [string, ...string[]];
  readonly env?: Readonly<Record<string, string>>;
}

/** The executables that the steps need. */
export const DENO = Deno.execPath();
export const BUN = "./node_modules/.bin/bun";

/** Runs a step; its output is shown when it fails, or always if `show` says so. */
export async function run({ title, command, env = {} }: Step, show = false): Promise<boolean> {
  const [program, ...args] = command;
  const start = performance.now();
  const child = new Deno.Command(program, {
    args,
    env: { NO_COLOR: "1", DENO: DENO, ...env },
    stdin: "null",
    ...(show ? { stdout: "inherit", stderr: "inherit" } : { stdout: "piped", stderr: "piped" }),
  });
  const result = await (show ? child.spawn().status : child.output());
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${result.success ? "ok  " : "FAIL"} ${title} (${seconds} s)`);
  if (!result.success && "stdout" in result) {
    const decoder = new TextDecoder();
    console.log(decoder.decode(result.stdout), decoder.decode(result.stderr));
  }
  return result.success;
}
