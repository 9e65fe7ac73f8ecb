import type { Tenant } from "./tenant.ts";
import type { ServiceInfo } from "./types.ts";

/** One reference to a shared service. While it is held, the service is kept. */
export class ServiceHandle implements AsyncDisposable {
  readonly #tenant: Tenant;
  readonly #info: ServiceInfo;
  #released: Promise<void> | undefined;
  #lost = false;

  /** Handles come from `SharedService.acquire()`. */
  constructor(tenant: Tenant) {
    this.#tenant = tenant;
    this.#info = Object.freeze({ ...tenant.record.info, pid: tenant.record.info?.pid ?? 0 });
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
    return this.#released ??= this.#tenant.leave().then((held) => {
      this.#lost = !held;
    });
  }

  /** The same as `release()`, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.release();
  }
}
