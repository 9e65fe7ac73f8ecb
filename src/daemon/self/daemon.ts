import { ProcrefError, UnsupportedError } from "../../../ffi/errors.ts";
import { platform } from "../../../ffi/platform.ts";
import type { ProcessIdentity } from "../../process/identity.ts";
import { onStopRequest } from "../../process/stop_request.ts";
import { program } from "../../runtime/program/mod.ts";
import type { Daemon } from "../types.ts";
import { reopenLog } from "./output.ts";

/** Whoever wants to know how the daemon does: its launcher, or a supervisor. */
export interface Audience {
  ready(message: string): void;
  reloading(): void;
  reloaded(): void;
}

type Handler = () => void | Promise<void>;

/** The daemon that this process is. */
export class RunningDaemon implements Daemon {
  readonly identity: ProcessIdentity;
  readonly #log: string | undefined;
  readonly #audience: Audience;
  readonly #handlers = new Set<{ handle: Handler }>();
  #isReady = false;
  #listening: (() => void) | undefined;

  constructor(identity: ProcessIdentity, log: string | undefined, audience: Audience) {
    this.identity = identity;
    this.#log = log;
    this.#audience = audience;
    this.#listen();
  }

  ready(message = ""): void {
    if (typeof message !== "string") throw new TypeError("A daemon's message is a text");
    if (this.#isReady) {
      throw new ProcrefError("already_done", "The daemon has reported before that it is ready");
    }
    this.#isReady = true;
    this.#audience.ready(message);
  }

  onReload(handler: Handler): Disposable {
    if (typeof handler !== "function") throw new TypeError("A reload handler is a function");
    if (platform === "windows") throw new UnsupportedError("Asking a daemon to reload", "windows");
    const entry = { handle: handler };
    this.#handlers.add(entry);
    this.#listen();
    return {
      [Symbol.dispose]: () => {
        this.#handlers.delete(entry);
        this.#listen();
      },
    };
  }

  onStop(handler: Handler): Disposable {
    return onStopRequest(handler);
  }

  /** Listens to SIGHUP as long as there is anything to be done at one. */
  #listen(): void {
    const wanted = this.#log !== undefined || this.#handlers.size > 0;
    if (wanted) this.#listening ??= program.onSignal("SIGHUP", () => void this.#reload());
    else {
      this.#listening?.();
      this.#listening = undefined;
    }
  }

  async #reload(): Promise<void> {
    this.#audience.reloading();
    if (this.#log !== undefined) reopenLog(this.#log);
    try {
      await Promise.all([...this.#handlers].map(({ handle }) => handle()));
    } finally {
      this.#audience.reloaded();
    }
  }
}
