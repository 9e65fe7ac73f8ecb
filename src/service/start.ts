// Running a callback that starts something, so that whatever happens to it is known: it may throw, hang, return
// something that is dead, or be cut off by the death of this process.

import { ProcrefError } from "../../ffi/errors.ts";
import { lastWords } from "../file/last_words.ts";
import { quote } from "../name.ts";
import { stop } from "../process/process.ts";
import { identify } from "../process/alive.ts";
import { runtime } from "../runtime/mod.ts";
import { unlessAborted } from "../wait.ts";
import type { LaunchContext } from "./definition.ts";
import { mechanism } from "./mechanism.ts";
import { checkInfo, type ServiceRecord } from "./record/record.ts";
import type { ServicePaths } from "./record/store.ts";
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
  using launch = await mechanism.launch(paths, record, signal);
  const { tokenDescriptor, job } = launch;
  const context: LaunchContext = {
    signal,
    token: record.token,
    tokenDescriptor,
    job,
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
  if (startTime !== undefined) {
    await launch.enlist({ pid: info.pid, startTime });
    return { info, startTime };
  }
  throw new ProcrefError(
    "start_failed",
    `${starter.name} of service ${quote(record.name)} returned pid ${info.pid}, which is not alive${
      lastWords(paths.log, 0)
    }`,
  );
}

async function stopLate({ pid }: ServiceInfo): Promise<void> {
  if (pid !== runtime.pid) await stop(pid);
}
