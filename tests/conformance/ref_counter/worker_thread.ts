import type { Shared } from "./clients.ts";

/** A counter of the same name in a Worker. */
export interface CounterWorker extends Disposable {
  /** Calls a method there, and returns what it returned. */
  ask(method: "acquire" | "release" | "tryLock"): Promise<unknown>;
}

/** Starts the Worker; leaving its scope ends it. */
export function startWorker({ name, backend }: Shared): CounterWorker {
  const worker = new Worker(new URL("../ref_counter_worker.ts", import.meta.url), {
    type: "module",
  });
  const next = () =>
    new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = (event) => reject(new Error(event.message));
    });
  // What comes while its modules load is lost, in both runtimes.
  const ready = next();
  return {
    async ask(method) {
      await ready;
      const answer = next();
      worker.postMessage([method, name, backend]);
      return await answer;
    },
    [Symbol.dispose]: () => worker.terminate(),
  };
}
