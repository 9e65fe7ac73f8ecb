import { ProcrefError, TimeoutError } from "../../../ffi/errors.ts";
import { quote } from "../../name.ts";
import { runtime } from "../../runtime/mod.ts";
import { LONGEST_TIMER } from "../../wait.ts";
import type { Settings } from "../options.ts";
import { pause } from "../pause.ts";
import { notify, readyFields } from "../self/notify.ts";
import { type Supervision, unsupervised } from "../self/supervision.ts";
import { commandAnew } from "./anew.ts";
import { launchDaemon } from "./launcher.ts";
import type { Launched, Start } from "./system.ts";

const TITLE = "The daemon";

/**
 * Starts this program anew, as a daemon, and ends this process with code 0 when that one is ready.
 *
 * @throws {UnsupportedError} The program can't be started anew.
 * @throws {LockedError} A daemon runs already.
 * @throws {ProcrefError} `"start_failed"`: it ended before it was ready.
 * @throws {TimeoutError} Code `"not_ready"`: it was not ready in time.
 */
export async function launchSelf(settings: Settings, { socket }: Supervision): Promise<never> {
  const command = commandAnew();
  let message = "";
  const start: Start = {
    title: TITLE,
    command,
    environment: unsupervised(runtime.environment()),
    settings,
    informed: true,
  };
  const daemon = await launchDaemon(start, async (launched) => {
    message = await reportOf(launched, settings);
  });
  if (socket !== undefined) notify(socket, readyFields(message, daemon.pid));
  if (message !== "") console.log(message);
  runtime.exit();
  throw new ProcrefError("closed", `This process has handed over to pid ${daemon.pid}`);
}

/** What the daemon says when it is ready. */
async function reportOf(launched: Launched, settings: Settings): Promise<string> {
  const { readyTimeout, log } = settings;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    const expire = () =>
      reject(new TimeoutError(`${TITLE} was not ready after ${readyTimeout} ms`, "not_ready"));
    if (readyTimeout <= LONGEST_TIMER) timer = setTimeout(expire, readyTimeout);
  });
  const ended = launched.ended.then((how) => {
    const where = log === undefined ? "" : ` (its log is ${quote(log)})`;
    throw new ProcrefError("start_failed", `${TITLE} ${how} before it was ready${where}`);
  });
  ended.catch(() => {});
  try {
    await Promise.race([launched.signalled(), ended, late]);
    pause("daemon:started");
    const { ready } = launched.state();
    // Without a word, its descriptors are closed: it has ended, or is about to.
    return ready ?? await Promise.race([ended, late]);
  } finally {
    clearTimeout(timer);
  }
}
