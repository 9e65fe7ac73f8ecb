// Waiting until a started program is ready: in time, and not longer than the program lives.

import { LineSplitter } from "./lines.ts";
import { Decoding } from "./decode.ts";
import { CommandError, NotReadyError } from "./errors.ts";
import { checkDuration, LONGEST_TIMER, sleep } from "../wait.ts";
import type { WaitOptions } from "../wait.ts";
import type { Channel } from "./channel.ts";
import type { Run } from "./run.ts";

const TIMEOUT = 30_000; // ms
const REST = 50; // ms for what the program has said before it ended
const LONGEST_LINE = 1 << 20; // characters; a sign of readiness is shorter

/**
 * Waits for something of a program that runs. Meanwhile its output is read, so that it does not stand still.
 *
 * @param what What is waited for, for the message.
 * @param until Resolves when it is so; rejects with the signal's reason, at the program's end as well.
 * @throws {NotReadyError} Not in time.
 * @throws {CommandError} `start_failed`: the program ended.
 */
export async function ready(
  run: Run,
  what: string,
  until: (signal: AbortSignal) => Promise<void>,
  options: WaitOptions,
): Promise<void> {
  const { timeout = TIMEOUT, signal } = options;
  checkDuration(timeout, "timeout");
  signal?.throwIfAborted();
  const over = new AbortController();
  const { program } = run.request;
  const tooLate = () =>
    over.abort(new NotReadyError(`\`${program}\` was not ready after ${timeout} ms: ${what}`));
  const timer = timeout > LONGEST_TIMER ? undefined : setTimeout(tooLate, timeout);
  const silent = [run.stdout, run.stderr].map((channel) => channel.listen(() => {}));
  run.ended.then(async () => {
    await sleep(REST, over.signal).catch(() => {});
    if (!over.signal.aborted) over.abort(await endedEarly(run));
  });
  const ending = signal === undefined ? over.signal : AbortSignal.any([over.signal, signal]);
  try {
    await until(ending);
  } finally {
    clearTimeout(timer);
    over.abort();
    silent.forEach((stop) => stop());
  }
}

async function endedEarly(run: Run): Promise<CommandError> {
  const { code, signal } = await run.ended;
  const how = signal === null ? `exited with code ${code}` : `was ended by ${signal}`;
  const message = `\`${run.request.program}\` ${how} before it was ready`;
  return new CommandError("start_failed", message, run.details());
}

/** Waits for a line of either stream, from what nobody has read yet. */
export async function readyLine(
  run: Run,
  matches: (line: string) => boolean,
  what: string,
  options: WaitOptions,
): Promise<string> {
  let found = "";
  await ready(run, what, async (signal) => {
    found = await untilLine(run, matches, signal);
  }, options);
  return found;
}

async function untilLine(
  run: Run,
  matches: (line: string) => boolean,
  signal: AbortSignal,
): Promise<string> {
  const { stdout, stderr } = run.request.capture;
  const stops: (() => void)[] = [];
  try {
    return await new Promise<string>((resolve, reject) => {
      const look = (channel: Channel, encoding: string) => {
        const search = searcher(encoding, matches);
        stops.push(channel.listen((bytes) => {
          try {
            const line = search(bytes);
            if (line !== undefined) resolve(line);
          } catch (error) {
            reject(error);
          }
        }));
      };
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      look(run.stdout, stdout.encoding);
      look(run.stderr, stderr.encoding);
    });
  } finally {
    stops.forEach((stop) => stop());
  }
}

/** Finds a line in bytes that come in pieces. */
function searcher(
  encoding: string,
  matches: (line: string) => boolean,
): (bytes: Uint8Array | undefined) => string | undefined {
  const splitter = new LineSplitter(new Decoding(encoding, false), LONGEST_LINE, () => "beginning");
  return (bytes) => (bytes === undefined ? splitter.end() : splitter.push(bytes)).find(matches);
}
