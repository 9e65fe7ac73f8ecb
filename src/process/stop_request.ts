import { runtime } from "../runtime/mod.ts";
import { program } from "../runtime/program/mod.ts";
import { holdingSystem } from "./held.ts";

type Handler = () => void | Promise<void>;

const handlers = new Set<{ readonly handle: Handler }>();
let unlisten: (() => void) | undefined;
let isStopping = false;

/**
 * Calls back when this process is asked to end: by SIGTERM; on Windows by the `stop()` of this module, `stopDaemon()`,
 * the stop of a service, the `shutdown()` of a group, or a command that is cut short with a grace, from a process of the
 * same user in the same session; all of these end one without a handler at once, or with those that have one. When all
 * handlers are done, the process ends with code 0. Who asks waits for a limited time, and then kills.
 *
 * Call it in the main thread, early: until then a request ends the process. A handler does not hold the process alive,
 * save on Windows: there dispose of it when the work is done.
 *
 * @param handler May be asynchronous. What it throws is an uncaught error, when the others are done.
 * @returns What takes it off again.
 * @throws {TypeError} It is no function.
 * @throws {SystemError | PermissionError} Windows refuses the event that it waits for.
 *
 * @example
 * ```ts
 * import { onStopRequest } from "@procref/procref/process";
 *
 * const server = Deno.serve({ port: 0 }, () => new Response("hi"));
 * using _handler = onStopRequest(() => server.shutdown());
 * await server.shutdown();
 * ```
 */
export function onStopRequest(handler: () => void | Promise<void>): Disposable {
  if (typeof handler !== "function") throw new TypeError("A stop handler is a function");
  unlisten ??= listen();
  const entry = { handle: handler };
  handlers.add(entry);
  return {
    [Symbol.dispose]() {
      handlers.delete(entry);
      if (handlers.size > 0) return;
      unlisten?.();
      unlisten = undefined;
    },
  };
}

function listen(): () => void {
  const asked = () => void stop();
  return holdingSystem.listen?.(asked) ?? program.onSignal("SIGTERM", asked);
}

async function stop(): Promise<void> {
  if (isStopping) return;
  isStopping = true;
  const calls = [...handlers].map(async ({ handle }) => await handle());
  const failed = (await Promise.allSettled(calls)).find(({ status }) => status === "rejected");
  if (failed?.status === "rejected") throw failed.reason;
  runtime.exit();
}
