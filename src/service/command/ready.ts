import { PermissionError, ProcrefError, TimeoutError } from "../../../ffi/errors.ts";
import { follow } from "../../file/follow.ts";
import { lastWords } from "../../file/last_words.ts";
import { quote } from "../../name.ts";
import { checkDuration, sleep, unlessAborted } from "../../wait.ts";
import type { ServiceInfo } from "../types.ts";
import { accepts } from "./port.ts";
import type { Readiness } from "./types.ts";

/** A program that has been launched and may not be ready yet. */
export interface Launched {
  readonly info: ServiceInfo;
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
  const timer = timeout === Infinity ? undefined : setTimeout(tooLate, timeout);
  launched.exit.then((how) => over.abort(endedEarly(program, how, launched)));
  const ending = AbortSignal.any([signal, over.signal]);
  try {
    await Promise.all(conditions(readiness, fill, launched, ending));
    // A program that ends in the instant it becomes ready is not.
    await sleep(0, ending);
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
  if (port && info.port !== undefined) all.push(untilTrue(accepts, info.port, 10, signal));
  if (http !== undefined) all.push(untilTrue(answers, fill(http), 20, signal));
  if (check !== undefined) {
    all.push(untilTrue((now: ServiceInfo) => check.call(readiness, now), info, 50, signal));
  }
  return all;
}

/** No event tells of another program's socket, so the question is asked again, every few milliseconds. */
async function untilTrue<T>(
  ask: (subject: T, signal: AbortSignal) => boolean | Promise<boolean>,
  subject: T,
  every: number,
  signal: AbortSignal,
): Promise<void> {
  while (!await says(() => ask(subject, signal), signal)) await sleep(every, signal);
  signal.throwIfAborted();
}

async function says(ask: () => boolean | Promise<boolean>, signal: AbortSignal): Promise<boolean> {
  try {
    const answer = (async () => await ask())();
    return await unlessAborted(answer, signal) === true;
  } catch (error) {
    if (signal.aborted) throw error;
    // Asking again won't help where Deno's permissions forbid it. Its refusal names the flag that is missing.
    if (error instanceof Error && error.name === "NotCapable") {
      throw new PermissionError(`Asking whether it is ready: ${error.message}`, { cause: error });
    }
    return false;
  }
}

async function answers(url: string, signal: AbortSignal): Promise<boolean> {
  const response = await fetch(url, { signal });
  await response.body?.cancel();
  return response.ok;
}

async function untilLine(
  log: string,
  from: number,
  line: string | RegExp,
  signal: AbortSignal,
): Promise<void> {
  const matches = (text: string) =>
    typeof line === "string" ? text.includes(line) : line.test(text);
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
