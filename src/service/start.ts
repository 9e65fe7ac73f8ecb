// Running a callback that starts something, so that whatever happens to it is known: it may throw, hang, return
// something that is dead, or be cut off by the death of this process.

import { processes } from "../../ffi/libc.ts";
import { ProcrefError } from "../../ffi/errors.ts";
import { lastWords } from "../file/last_words.ts";
import { remove } from "../file/posix.ts";
import { quote } from "../name.ts";
import { identify, stop } from "../process/process.ts";
import { unlessAborted } from "../wait.ts";
import type { LaunchContext } from "./definition.ts";
import { checkInfo, type ServiceRecord } from "./record/record.ts";
import type { ServicePaths } from "./record/store.ts";
import { TokenFile } from "./token.ts";
import { inTurn } from "./turn.ts";
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
  // An earlier start's note: what that one launched is stopped by now, or recorded.
  remove(paths.token);
  using file = await TokenFile.lock(paths.token, signal);
  const context: LaunchContext = {
    signal,
    token: record.token,
    tokenDescriptor: file.descriptor,
    log: paths.log,
  };
  let running: Promise<ServiceInfo> | undefined;
  const call = () => running = (async () => checkInfo(await starter.run(context), starter.name))();
  const result = record.exclusive ? call() : inTurn(record.token, call, signal);
  const info = await unlessAborted(result, signal).catch((error) => {
    // A start that is given up may still succeed: then it is stopped.
    if (signal.aborted) running?.then(stopLate).catch(() => {});
    throw error;
  });
  const startTime = identify(info.pid)?.startTime;
  if (startTime !== undefined) return { info, startTime };
  throw new ProcrefError(
    "start_failed",
    `${starter.name} of service ${quote(record.name)} returned pid ${info.pid}, which is not alive${
      lastWords(paths.log, 0)
    }`,
  );
}

async function stopLate({ pid }: ServiceInfo): Promise<void> {
  if (pid !== processes().getpid()) await stop(pid);
}
