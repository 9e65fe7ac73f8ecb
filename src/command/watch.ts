// Who ends a run before its own end: its timeout, silence, a cancellation, a line handler that throws, another stage
// of its pipeline. A cancellation wins over all others.

import type { SignalName } from "../process/signals.ts";
import { LONGEST_TIMER } from "../wait.ts";
import type { Capture, StartedProcess } from "./runner.ts";

/** Watches over one run, from its start until `stop()`. */
export class Watch {
  /** When the run began, by `performance.now()`. */
  readonly start: number = performance.now();
  /** It was ended by a timeout. */
  timedOut = false;
  readonly #process: StartedProcess;
  readonly #capture: Capture;
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  readonly #interruption: Promise<void>;
  #interrupt: () => void = () => {};
  #failure: { readonly error: unknown; readonly cancelled: boolean } | undefined;
  #lastOutput = this.start;
  #ending = false;
  #stopped = false;

  /** Begins to watch. */
  constructor(process: StartedProcess, capture: Capture) {
    this.#process = process;
    this.#capture = capture;
    this.#interruption = new Promise((resolve) => this.#interrupt = resolve);
    const { timeout, inactivityTimeout, signal } = capture;
    this.#after(timeout, () => this.#expire());
    if (inactivityTimeout !== Infinity) this.#awaitSilence(inactivityTimeout);
    signal?.addEventListener("abort", this.#cancel, { once: true });
    if (signal?.aborted) this.#cancel();
  }

  /** Resolves when the run is ended by anything but itself. */
  get interrupted(): Promise<void> {
    return this.#interruption;
  }

  /** There was output. */
  active(): void {
    this.#lastOutput = performance.now();
  }

  /** Ends the run because of an error, which the caller then gets. */
  fail(error: unknown): void {
    if (this.#failure !== undefined || this.timedOut) return;
    this.#failure = { error, cancelled: false };
    this.#end(0);
  }

  /** True if an error ended it: then nobody is given a grace. */
  get failed(): boolean {
    return this.#failure !== undefined && !this.#failure.cancelled;
  }

  /** Ends the run because of another one. @param failed An error ended that one. */
  end(failed: boolean): void {
    if (!this.#stopped) this.#end(failed ? 0 : this.#capture.timeoutGrace);
  }

  /** @throws What ended the run: the reason of a cancellation, the error of a handler. A timeout is data. */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** The run is over. */
  stop(): void {
    this.#stopped = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#capture.signal?.removeEventListener("abort", this.#cancel);
  }

  readonly #cancel = (): void => {
    if (this.#failure?.cancelled) return;
    this.#failure = { error: this.#capture.signal?.reason, cancelled: true };
    this.#end(this.#capture.timeoutGrace);
  };

  #expire(): void {
    if (this.#failure !== undefined) return;
    this.timedOut = true;
    this.#end(this.#capture.timeoutGrace);
  }

  #awaitSilence(limit: number): void {
    const left = this.#lastOutput + limit - performance.now();
    if (left <= 0) this.#expire();
    else this.#after(left, () => this.#awaitSilence(limit));
  }

  #end(grace: number): void {
    if (grace === 0) return this.#kill();
    if (this.#ending) return;
    this.#ending = true;
    if (!this.#signal(this.#capture.timeoutSignal)) return this.#kill();
    this.#after(grace, () => this.#kill());
    this.#process.status.then(() => this.#interrupt());
  }

  #kill(): void {
    this.#signal("SIGKILL");
    this.#interrupt();
  }

  /** It may be that somebody in the run may not be signalled: the caller is told, who is not here but awaits the run. */
  #signal(signal: SignalName): boolean {
    try {
      this.#process.signalAll(signal);
      return true;
    } catch (error) {
      this.#failure ??= { error, cancelled: false };
      return false;
    }
  }

  #after(milliseconds: number, action: () => void): void {
    if (milliseconds > LONGEST_TIMER) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      action();
    }, milliseconds);
    this.#timers.add(timer);
  }
}
