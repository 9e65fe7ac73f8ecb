import type { Channel } from "./channel.ts";
import type { LineSource } from "./line_iterator.ts";
import type { Run } from "./run.ts";
import { splitterOf } from "./sinks.ts";

/** The lines of a run's standard output, which is the caller's to read. */
export function linesOfRun(run: Run): LineSource {
  const { stdout, request } = run;
  const splitter = splitterOf(request.capture.stdout, request.capture);
  let ended = false;
  return {
    async read() {
      try {
        if (!ended) {
          const bytes = await stdout.read();
          ended = bytes === undefined;
          return bytes === undefined ? splitter.end() : splitter.push(bytes);
        }
      } catch (error) {
        void drain(stdout);
        throw run.explain(error);
      }
      run.check();
      return undefined;
    },

    // The program goes on, and is not to stand still because its pipe is full.
    leave() {
      void drain(stdout);
      return Promise.resolve();
    },
  };
}

/** Reads what nobody wants any more. */
export async function drain(channel: Channel): Promise<void> {
  while (await channel.read() !== undefined);
}

/** A process whose lines are read to the end, and which is then looked at. */
export interface LineProcess extends AsyncDisposable {
  /** The lines. */
  readonly lines: LineSource;
  /** @throws What is wrong with its end. */
  check(): Promise<void>;
}

/** The lines of a process that is started at the first read, and ended with the reading. */
export function linesOfStarted(start: () => Promise<LineProcess>): LineSource {
  let process: LineProcess | undefined;
  return {
    async read() {
      try {
        process ??= await start();
        const lines = await process.lines.read();
        if (lines !== undefined) return lines;
        await process.check();
        await process[Symbol.asyncDispose]();
        return undefined;
      } catch (error) {
        await process?.[Symbol.asyncDispose]();
        throw error;
      }
    },

    async leave() {
      await process?.[Symbol.asyncDispose]();
    },
  };
}
