// From launcher to daemon by CreateProcessW. The process stands still until the pid file names it and it has a handle of
// that file, which no child of it inherits. Until then it is in a job that ends it together with this process: so there
// is no instant in which a launcher's death leaves half a daemon.

import { nameless } from "../../../ffi/windows/attributes.ts";
import {
  closeHandle,
  CURRENT_PROCESS,
  HandleSlot,
  ntProcesses,
  objects,
  succeeded,
} from "../../../ffi/windows/ntdll.ts";
import { whenSignaled } from "../../../ffi/windows/poller.ts";
import type { Waiting } from "../../../ffi/types.ts";
import { openNowhere } from "../../child/windows/pipe.ts";
import { createDaemon } from "../../child/windows/system.ts";
import { lastWords } from "../../file/last_words.ts";
import { openToAppend, sizeOf } from "../../file/windows.ts";
import { ReleasableJob } from "../../object/releasable_job.ts";
import type { ProcessIdentity } from "../../process/identity.ts";
import { checkSignal, signalName } from "../../process/signals.ts";
import { exitCodeFor, exitCodeOf, signalOf, timesOf } from "../../process/windows.ts";
import { pause } from "../pause.ts";
import type { Claim } from "../pid_file/system.ts";
import { OrderMemory } from "./order_windows.ts";
import type { Launched, LaunchState, Start } from "./system.ts";
import { NEVER } from "../../wait.ts";

const ALL_OF_EVENT = 0x1f0003;
const NOTIFICATION_EVENT = 0;
const SAME_ACCESS = 2;

/** Starts a daemon. */
export function launchOnWindows(start: Start, pidFile: Claim | undefined): Launched {
  const { settings, informed, command: [path, ...args], environment: env } = start;
  const { log, workingDirectory } = settings;
  using taken = new DisposableStack();
  const output = taken.adopt(log === undefined ? openNowhere() : openToAppend(log), closeHandle);
  const from = log === undefined ? 0 : sizeOf(output);
  const job = taken.adopt(new ReleasableJob(), (job) => job.close());
  const cwd = informed ? undefined : workingDirectory;
  const { pid, process } = createDaemon({ path, args, cwd, env }, job.handle, output);
  taken.adopt(process, closeHandle);
  pause("daemon:created");
  const daemon = { pid, startTime: String(timesOf(process).created) };
  pidFile?.name(daemon);
  pause("daemon:named");
  const held = pidFile === undefined ? undefined : give(pidFile.file, process);
  // Now the daemon holds it.
  pidFile?.close();
  let memory: OrderMemory | undefined;
  let ready: number | undefined;
  if (informed) {
    memory = taken.use(OrderMemory.create(daemon));
    ready = taken.adopt(newEvent(), closeHandle);
    const given = {
      order: give(memory.handle, process),
      ready: give(ready, process),
      pidFile: held,
    };
    memory.write({ ...settings, given });
  }
  succeeded(ntProcesses().NtResumeProcess(process), "NtResumeProcess", `for pid ${pid}`);
  job.letGo();
  const launched = { daemon, process, job, memory, ready, log, from };
  return new WindowsLaunch(launched, taken.move());
}

/** A handle for another process, which none of its children inherits; its number there. @throws {SystemError} */
function give(handle: number, process: number): number {
  const slot = new HandleSlot();
  const { NtDuplicateObject } = objects();
  const args = [CURRENT_PROCESS, handle, process, slot.bytes, 0, 0, SAME_ACCESS] as const;
  succeeded(NtDuplicateObject(...args), "NtDuplicateObject");
  return slot.value;
}

function newEvent(): number {
  const slot = new HandleSlot();
  const { NtCreateEvent } = objects();
  const status = NtCreateEvent(slot.bytes, ALL_OF_EVENT, nameless(), NOTIFICATION_EVENT, 0);
  succeeded(status, "NtCreateEvent");
  return slot.value;
}

interface Plan {
  readonly daemon: ProcessIdentity;
  readonly process: number;
  readonly job: ReleasableJob;
  readonly memory: OrderMemory | undefined;
  readonly ready: number | undefined;
  readonly log: string | undefined;
  readonly from: number;
}

class WindowsLaunch implements Launched {
  readonly from: number;
  readonly ended: Promise<string>;
  readonly #daemon: ProcessIdentity;
  readonly #job: ReleasableJob;
  readonly #memory: OrderMemory | undefined;
  readonly #log: string | undefined;
  readonly #end: Waiting;
  readonly #report: Waiting | undefined;
  readonly #taken: Disposable;

  constructor({ daemon, process, job, memory, ready, log, from }: Plan, taken: Disposable) {
    this.#daemon = daemon;
    this.#job = job;
    this.#memory = memory;
    this.#log = log;
    this.from = from;
    this.#taken = taken;
    this.#end = whenSignaled(process);
    this.#report = ready === undefined ? undefined : whenSignaled(ready);
    this.ended = endingOf(this.#end.done, process);
  }

  /** It has been told before it ran. */
  introduce(): Promise<void> {
    return Promise.resolve();
  }

  state(): LaunchState {
    return { daemon: this.#daemon, ready: this.#memory?.ready };
  }

  lastWords(): string {
    return this.#log === undefined ? "" : lastWords(this.#log, this.from);
  }

  async signalled(): Promise<void> {
    await Promise.race([
      this.#end.done,
      ...(this.#report === undefined ? [] : [this.#report.done]),
    ]);
  }

  isProgram(): boolean {
    return true;
  }

  async letGo(): Promise<void> {
    this.#end.cancel();
    this.#report?.cancel();
    await Promise.all([this.#end.done, this.#report?.done]);
  }

  async end(): Promise<void> {
    await this.#job.end(exitCodeFor(checkSignal("SIGKILL")), NEVER);
    await this.letGo();
  }

  [Symbol.dispose](): void {
    this.#taken[Symbol.dispose]();
  }
}

/** Resolves with how the daemon ended, if it does while somebody wants to know. */
async function endingOf(ended: Promise<boolean>, process: number): Promise<string> {
  if (!await ended) return await new Promise(() => {});
  const code = exitCodeOf(process);
  const name = signalName(signalOf(code));
  return name === undefined ? `exited with code ${code | 0}` : `was ended by ${name}`;
}

export { overlaid } from "../../child/windows/command_line.ts";
