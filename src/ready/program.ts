// Whether a program that has been launched is ready, told by its log, its port, an address, or any check.

import { ProcrefError, TimeoutError } from "../../ffi/errors.ts";
import { follow } from "../file/follow.ts";
import { lastWords } from "../file/last_words.ts";
import { quote } from "../name.ts";
import { isAlive } from "../process/alive.ts";
import { answers, untilTrue } from "./poll.ts";
import { matcherOf } from "./line.ts";
import { accepts } from "./port.ts";
import { checkDuration, LONGEST_TIMER, sleep } from "../wait.ts";
import type { ProgramInfo, Readiness } from "./types.ts";

/** A program that has been launched and may not be ready yet. */
export interface Launched {
  readonly info: ProgramInfo;
  /** Where its output goes, and how much of it was there before. */
  readonly log: string;
  readonly from: number;
  /** Resolves when it has ended, with how. */
  readonly exit: Promise<string | Error>;
}

/**
 * Waits until a program is ready.
 *
 * @throws {ProcrefError} `"start_failed"`: it ended first.
 * @throws {TimeoutError} Code `"not_ready"`: not in time.
 * @throws The signal's reason.
 */
export async function untilReady(
  command: readonly string[],
  readiness: Readiness = {},
  fill: (text: string) => string,
  launched: Launched,
  signal: AbortSignal,
): Promise<void> {
  const timeout = checkDuration(readiness.timeout ?? 30_000, "ready.timeout");
  const program = quote(command[0] ?? "");
  const over = new AbortController();
  const tooLate = () =>
    over.abort(
      new TimeoutError(
        `${program} was not ready after ${timeout} ms${lastWords(launched.log, launched.from)}`,
        "not_ready",
      ),
    );
  const timer = timeout > LONGEST_TIMER ? undefined : setTimeout(tooLate, timeout);
  launched.exit.then((how) => {
    if (!over.signal.aborted) over.abort(endedEarly(program, how, launched));
  });
  const ending = AbortSignal.any([signal, over.signal]);
  try {
    await Promise.all(conditions(readiness, fill, launched, ending));
    // A program that ends in the instant it becomes ready is not.
    await sleep(0, ending);
    if (!isAlive(launched.info.pid)) throw endedEarly(program, await launched.exit, launched);
  } finally {
    clearTimeout(timer);
    over.abort();
  }
}

function endedEarly(program: string, how: string | Error, launched: Launched): ProcrefError {
  return typeof how === "string"
    ? new ProcrefError(
      "start_failed",
      `${program} ${how} before it was ready${lastWords(launched.log, launched.from)}`,
    )
    : new ProcrefError("start_failed", `${program} could not be started: ${how.message}`, {
      cause: how,
    });
}

function conditions(
  readiness: Readiness,
  fill: (text: string) => string,
  { info, log, from }: Launched,
  signal: AbortSignal,
): Promise<void>[] {
  const { line, http, check } = readiness;
  const { port = info.port !== undefined && !line && !http && !check } = readiness;
  const all: Promise<void>[] = [];
  if (line !== undefined) all.push(untilLine(log, from, line, signal));
  const own = info.port;
  if (port && own !== undefined) all.push(untilTrue(() => accepts(own), 10, signal));
  if (http !== undefined) all.push(untilTrue((signal) => answers(fill(http), signal), 20, signal));
  if (check !== undefined) {
    all.push(untilTrue(() => check.call(readiness, info), 50, signal));
  }
  return all;
}

async function untilLine(
  log: string,
  from: number,
  line: string | RegExp,
  signal: AbortSignal,
): Promise<void> {
  const matches = matcherOf(line);
  let rest = "";
  for await (const piece of follow(log, from, signal)) {
    const text = rest + piece;
    const lines = text.split("\n");
    // A prompt without a line's end counts as well.
    if (lines.some(matches)) return;
    rest = lines.at(-1) ?? "";
  }
  signal.throwIfAborted();
}
