import type { Run } from "./run.ts";

/**
 * Standard output as a stream. The runtime's own is the quickest, and good enough where nothing has to be seen of what
 * passes: no silence to be noticed, no cancellation to be reported, no writer that outlives the run's tree.
 */
export function streamOf(run: Run): ReadableStream<Uint8Array> {
  const { stdout, process, request } = run;
  const { inactivityTimeout, signal } = request.capture;
  const unseen = inactivityTimeout === Infinity && signal === undefined;
  if (unseen && request.group === undefined && process.stdout !== undefined && stdout.release()) {
    return process.stdout;
  }
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const bytes = await stdout.read();
      if (bytes !== undefined) return controller.enqueue(bytes);
      run.check();
      controller.close();
    },
    cancel: () => stdout.discard(),
  }, { highWaterMark: 0 });
}
