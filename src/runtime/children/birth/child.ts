// A child that this process must reap itself. Who waits for it waits for its pidfd, which holds the process alive; while
// nobody does, SIGCHLD tells of its end, which holds nothing.

import { SystemError } from "../../../../ffi/errors.ts";
import { errno } from "../../../../ffi/libc.ts";
import { children } from "../../../../ffi/libc_children.ts";
import { LINUX, SIGINFO } from "../../../../ffi/numbers/linux.ts";
import { whenPolled } from "../../../../ffi/polled.ts";
import type { Waiting } from "../../../../ffi/mod.ts";
import { close } from "../../../file/posix.ts";
import type { Ending } from "../types.ts";
import type { Birth } from "./chain.ts";

const { CLD_EXITED, P_PIDFD, POLLIN, WEXITED, WNOHANG } = LINUX;
const { si_code, si_pid, si_status } = SIGINFO.at;

/** The children that nobody has reaped yet. */
const unreaped = new Set<BornChild>();

function lookAtAll(): void {
  for (const child of unreaped) child.look();
}

/** A child's life, from its birth to its reaping. */
export class BornChild {
  readonly pid: number;
  /** In the turn of the birth. */
  readonly pidfd: number;
  readonly ended: Promise<Ending>;
  #end: (ending: Ending) => void = () => {};
  #fail: (error: unknown) => void = () => {};
  #waiting: Waiting | undefined;

  constructor({ pid, pidfd }: Birth) {
    this.pid = pid;
    this.pidfd = pidfd;
    this.ended = new Promise((resolve, reject) => {
      this.#end = resolve;
      this.#fail = reject;
    });
    if (unreaped.size === 0) Deno.addSignalListener("SIGCHLD", lookAtAll);
    unreaped.add(this);
    // It may have ended before that.
    queueMicrotask(() => this.look());
  }

  reaped(): boolean {
    return !unreaped.has(this);
  }

  ref(): void {
    if (this.#waiting !== undefined || this.reaped()) return;
    const waiting = this.#waiting = whenPolled(this.pidfd, POLLIN);
    waiting.done.then((ended) => ended && this.look(), this.#fail);
  }

  unref(): void {
    this.#waiting?.cancel();
    this.#waiting = undefined;
  }

  /** Reaps it, if it has ended. */
  look(): void {
    if (this.reaped()) return;
    const info = new Int32Array(SIGINFO.size / 4);
    const result = children().waitid(P_PIDFD, this.pidfd, info, WEXITED | WNOHANG);
    if (result === 0 && info[si_pid / 4] === 0) return;
    this.#forget();
    const status = info[si_status / 4] ?? 0;
    if (result === -1) this.#fail(new SystemError("waitid", errno(), `for pid ${this.pid}`));
    else if (info[si_code / 4] === CLD_EXITED) this.#end({ code: status, signal: null });
    else this.#end({ code: null, signal: status });
  }

  #forget(): void {
    unreaped.delete(this);
    if (unreaped.size === 0) Deno.removeSignalListener("SIGCHLD", lookAtAll);
    const polled = this.#waiting?.done;
    this.unref();
    const over = () => close(this.pidfd);
    if (polled === undefined) over();
    else polled.then(over, over);
  }
}
