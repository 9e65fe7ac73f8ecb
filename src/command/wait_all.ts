import type { ExitStatus } from "../child/status.ts";
import { limit, unlessAborted, type WaitOptions } from "../wait.ts";

/** Something that ends, as a `RunningProcess` or a `SharedChild` does. */
export interface Ending {
  /** The process id, for messages. */
  readonly pid: number;
  /** Resolves when it has ended. */
  wait(options?: WaitOptions): Promise<ExitStatus>;
}

/**
 * Waits until the first of several processes has ended. The others run on, as usable as before; as with `wait()`, the
 * output of a `RunningProcess` that nobody else reads is gathered meanwhile.
 *
 * @param processes Running processes or shared children.
 * @param options Timeout and AbortSignal of this wait.
 * @returns Which one it was, counted from 0, and how it ended.
 * @throws {TimeoutError} None has ended.
 * @throws {RangeError} There is no process to wait for.
 *
 * @example
 * ```ts
 * import { Command, waitAny } from "@procref/procref/command";
 *
 * await using slow = await new Command("sleep", { args: ["60"] }).start();
 * await using quick = await new Command("true").start();
 * const { index, status } = await waitAny([slow, quick]);
 * console.log(index, status.code); // 1 0
 * ```
 */
export async function waitAny(
  processes: Iterable<Ending>,
  options: WaitOptions = {},
): Promise<{ index: number; status: ExitStatus }> {
  const all = [...processes];
  if (all.length === 0) throw new RangeError("There is no process to wait for");
  return await waiting(
    all,
    options,
    "the end of one of",
    (ends) => Promise.race(ends.map(async (end, index) => ({ index, status: await end }))),
  );
}

/**
 * Waits until all of several processes have ended.
 *
 * @param processes Running processes or shared children.
 * @param options Timeout and AbortSignal of this wait.
 * @returns How each ended, in the order given.
 * @throws {TimeoutError} Not all have ended.
 *
 * @example
 * ```ts
 * import { Command, waitAll } from "@procref/procref/command";
 *
 * await using one = await new Command("true").start();
 * await using two = await new Command("false").start();
 * console.log((await waitAll([one, two])).map(({ code }) => code)); // [0, 1]
 * ```
 */
export async function waitAll(
  processes: Iterable<Ending>,
  options: WaitOptions = {},
): Promise<ExitStatus[]> {
  return await waiting([...processes], options, "the end of all of", (ends) => Promise.all(ends));
}

async function waiting<T>(
  processes: readonly Ending[],
  options: WaitOptions,
  what: string,
  body: (ends: readonly Promise<ExitStatus>[]) => Promise<T>,
): Promise<T> {
  options.signal?.throwIfAborted();
  using patience = limit(options, () => `${what} ${processes.map(({ pid }) => pid).join(", ")}`);
  // The waits of those that are not needed any more end with this one.
  const over = new AbortController();
  const signal = AbortSignal.any([patience.signal, over.signal]);
  const ends = processes.map((process) => process.wait({ signal }));
  for (const end of ends) end.catch(() => {});
  try {
    return await unlessAborted(body(ends), patience.signal);
  } finally {
    over.abort();
  }
}
