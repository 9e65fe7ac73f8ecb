import type { ServiceInfo } from "./types.ts";

/**
 * One reference to a shared service. While it is held, the service is kept.
 *
 * @example
 * ```ts
 * import { commandService } from "@procref/procref/service";
 *
 * const service = commandService("docs-handle", { command: ["sleep", "60"] });
 * const handle = await service.acquire();
 * console.log(handle.pid, handle.port, handle.info.metadata); // 4711 undefined undefined
 * await handle.release();
 * ```
 */
export class ServiceHandle implements AsyncDisposable {
  readonly #info: ServiceInfo;
  readonly #leave: () => Promise<boolean>;
  #released: Promise<void> | undefined;
  #lost = false;

  /**
   * Makes a handle; `SharedService.acquire()` does.
   *
   * @param info What the service said of itself.
   * @param leave Gives the reference back; false if it was gone already.
   */
  constructor(info: ServiceInfo, leave: () => Promise<boolean>) {
    this.#info = Object.freeze({ ...info });
    this.#leave = leave;
  }

  /** What the service said of itself when it started. */
  get info(): ServiceInfo {
    return this.#info;
  }

  /** The process of the service. */
  get pid(): number {
    return this.#info.pid;
  }

  /** The port of the service, if it has one. */
  get port(): number | undefined {
    return this.#info.port;
  }

  /** True if, at release, somebody had removed the kernel's count (ipcrm) and this reference with it. */
  get lost(): boolean {
    return this.#lost;
  }

  /**
   * Gives the reference back. The last one out stops the service and removes all traces of it; then this
   * resolves when it has ended. Releasing again is a no-op.
   *
   * @throws What `onLastRelease` throws; the reference is gone all the same.
   */
  release(): Promise<void> {
    return this.#released ??= this.#leave().then((held) => {
      this.#lost = !held;
    });
  }

  /** The same as `release()`, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.release();
  }
}
