// Running a callback that starts something, so that whatever happens to it is known: it may throw, hang, return
// something that is dead, or be cut off by the death of this process.

import type { AsyncLocalStorage } from "node:async_hooks";
import { ProcrefError } from "../../ffi/errors.ts";
import { quote } from "../name.ts";
import { identify, stop } from "../process/process.ts";
import { runtime } from "../runtime/mod.ts";
import { unlessAborted } from "../wait.ts";
import type { LaunchContext } from "./definition.ts";
import { checkInfo, type ServiceRecord } from "./record/record.ts";
import type { ServicePaths } from "./record/store.ts";
import { TOKEN_VARIABLE, TokenFile } from "./token.ts";
import type { ServiceInfo } from "./types.ts";

/** A callback that starts a service, and its name for messages. */
export interface Starter {
  readonly name: "onFirstAcquire" | "onRecover";
  run(context: LaunchContext): ServiceInfo | Promise<ServiceInfo>;
}

/**
 * Runs a starter under the record's token.
 *
 * @returns What the record says of the running service.
 * @throws What the callback throws; the signal's reason; `TypeError` for a result that is no service;
 * `ProcrefError` `"start_failed"` for one that is dead.
 */
export async function runStarter(
  starter: Starter,
  record: ServiceRecord,
  paths: ServicePaths,
  signal: AbortSignal,
): Promise<Pick<ServiceRecord, "info" | "startTime">> {
  using file = await TokenFile.lock(paths.token);
  const context: LaunchContext = {
    signal,
    token: record.token,
    tokenDescriptor: file.descriptor,
    log: paths.log,
  };
  let running: Promise<ServiceInfo> | undefined;
  const call = () => running = (async () => checkInfo(await starter.run(context), starter.name))();
  const result = record.exclusive ? call() : withVariable(record.token, call, signal);
  const info = await unlessAborted(result, signal).catch((error) => {
    // A start that is given up may still succeed: then it is stopped.
    if (signal.aborted) running?.then((late) => stop(late.pid)).catch(() => {});
    throw error;
  });
  const startTime = identify(info.pid)?.startTime;
  if (startTime !== undefined) return { info, startTime };
  throw new ProcrefError(
    "start_failed",
    `${starter.name} of service ${quote(record.name)} returned pid ${info.pid}, which is not alive`,
  );
}

let line: Promise<unknown> = Promise.resolve();

/** The token of the start that the running code belongs to. */
let tokens: AsyncLocalStorage<string> | undefined;

/**
 * Runs a callback with the token in the environment that children inherit. The environment is one for the whole
 * process, so callbacks take turns, but for one that runs inside another: it has its own token meanwhile.
 */
async function withVariable<T>(
  token: string,
  body: () => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const nesting = tokens ??= new (await import("node:async_hooks")).AsyncLocalStorage();
  const outer = nesting.getStore();
  if (outer === undefined) {
    const before = line;
    let over = () => {};
    line = new Promise<void>((resolve) => over = resolve);
    try {
      await unlessAborted(before, signal);
      return await enclosed();
    } finally {
      before.finally(over);
    }
  }
  return await enclosed();

  async function enclosed(): Promise<T> {
    runtime.setVariable(TOKEN_VARIABLE, token);
    try {
      return await unlessAborted(nesting.run(token, body), signal);
    } finally {
      runtime.setVariable(TOKEN_VARIABLE, outer);
    }
  }
}
