// A run whose program this user may not signal, as with sudo(8): run as nobody, where no cgroup can be made. Prints
// what each way to end such a run came to.

import process from "node:process";
import { Command, type CommandOptions } from "../../src/command/mod.ts";

const SETPRIV = process.env["PROCREF_TEST_SETPRIV"] ?? "";

/** A program that has become root. */
function asRoot(program: string, options: CommandOptions = {}): Command {
  return Command.shell(`exec ${SETPRIV} --reuid 0 ${program}`, options);
}

const RUNS = 8;

/** How long as many programs as there will be take here until they are root and have ended. */
async function trial(): Promise<number> {
  const begun = performance.now();
  await Promise.all(Array.from({ length: RUNS }, () => asRoot("true").output()));
  return performance.now() - begun;
}

const PATIENCE = Math.ceil(1000 + 3 * await trial()); // ms; by then it is root

/** Ends by itself, soon after everybody has given it up. */
function program(options: CommandOptions = {}): Command {
  return asRoot(`sleep ${(PATIENCE + 2800) / 1000}`, options);
}

async function failure(body: () => Promise<unknown>): Promise<unknown> {
  try {
    return await body();
  } catch (error) {
    return error instanceof Error && "errno" in error ? error.errno : String(error);
  }
}

const LIMIT = { timeout: PATIENCE };
const signal = () => AbortSignal.timeout(PATIENCE);

const results = await Promise.all([
  failure(() => program(LIMIT).output()),
  failure(() => program({ ...LIMIT, timeoutGrace: 200 }).output()),
  failure(() => program({ inactivityTimeout: PATIENCE }).run()),
  failure(() => program({ signal: signal(), timeoutGrace: 200 }).output()),
  failure(() => program(LIMIT).pipe(new Command("cat")).output()),
  failure(() => program({ ...LIMIT, timeoutGrace: 200 }).pipe(new Command("cat")).output()),
  failure(async () => {
    const running = await program(LIMIT).start();
    const status = await running.wait();
    const last = await failure(() => running.output());
    return [status.code, last];
  }),
  failure(async () => {
    const running = await program().start();
    await new Promise((resolve) => setTimeout(resolve, PATIENCE));
    await running[Symbol.asyncDispose]();
  }),
]);
console.log(JSON.stringify(results));
