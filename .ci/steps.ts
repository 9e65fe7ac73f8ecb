// Running the commands of a check one after another, and saying which failed.

/** A command with a title. */
export interface Step {
  readonly title: string;
  readonly command: readonly [string, ...string[]];
  readonly env?: Readonly<Record<string, string>>;
  /** Seconds until it is killed. */
  readonly limit?: number | undefined;
}

/** How a command ended, and what it said unless that was shown already. */
export interface Ran {
  readonly success: boolean;
  readonly told: string;
}

/** The executables that the steps need. */
export const DENO = Deno.execPath();
export const BUN = "./node_modules/.bin/bun";

/** Runs a step and says how it ended; its output is shown as it comes, or kept. */
export async function run(step: Step, show = false): Promise<Ran> {
  const { title, command, env = {}, limit } = step;
  const [program, ...args] = command;
  const start = performance.now();
  const stdio = show ? "inherit" : "piped";
  const child = new Deno.Command(program, {
    args,
    env: { NO_COLOR: "1", DENO, PROCREF_TEST_RUN: crypto.randomUUID(), ...env },
    stdin: "null",
    stdout: stdio,
    stderr: stdio,
  }).spawn();
  // What hangs under Wine does not hear SIGTERM.
  const timer = limit && setTimeout(() => child.kill("SIGKILL"), limit * 1000);
  const told = show
    ? []
    : [child.stdout, child.stderr].map((stream) => new Response(stream).text());
  const { success } = await child.status;
  clearTimeout(timer);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${success ? "ok  " : "FAIL"} ${title} (${seconds} s)`);
  return { success, told: (await Promise.all(told)).join("\n") };
}
