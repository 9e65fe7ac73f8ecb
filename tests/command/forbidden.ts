// A run whose program this user may not signal, as with sudo(8): run as nobody, where no cgroup can be made. Prints
// what each way to end such a run came to.

import process from "node:process";
import { Command, type CommandOptions } from "../../src/command/mod.ts";

const SETPRIV = process.env["PROCREF_TEST_SETPRIV"] ?? "";

/** Becomes root and ends by itself, soon after everybody has given it up. */
function program(options: CommandOptions = {}): Command {
  return Command.shell(`exec ${SETPRIV} --reuid 0 sleep 4`, options);
}

async function failure(body: () => Promise<unknown>): Promise<unknown> {
  try {
    return await body();
  } catch (error) {
    return error instanceof Error && "errno" in error ? error.errno : String(error);
  }
}

const PATIENCE = 1200; // ms; by then it is root
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
