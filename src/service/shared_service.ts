import type { WaitOptions } from "../wait.ts";
import { acquire } from "./acquire.ts";
import { define, type Definition } from "./definition.ts";
import { ServiceHandle } from "./handle.ts";
import { looking } from "./later.ts";
import { serviceSystem } from "./system.ts";
import type { ServiceStatus, SharedServiceOptions } from "./types.ts";

/** Where a guardian finds the service in a module that it imports. */
export const DEFINITION: unique symbol = Symbol.for("procref.service");

/**
 * A service that many processes share: the first one to acquire it starts it, the last one to release it stops
 * it, and the kernel counts. A process that dies is counted off; if it was the last one, a guardian stops the
 * service; on Windows the kernel does.
 *
 * In Deno it needs `--allow-ffi`, and what the callbacks need.
 *
 * @example
 * ```ts
 * import { SharedService } from "@procref/procref/service";
 *
 * const service = new SharedService("docs-sleep", {
 *   onFirstAcquire() {
 *     const child = new Deno.Command("sleep", { args: ["60"] }).spawn();
 *     child.unref();
 *     return { pid: child.pid };
 *   },
 * });
 * await using handle = await service.acquire();
 * console.log(handle.pid, service.count()); // 4711 1
 * ```
 */
export class SharedService {
  /** The name under which processes of this user share it. */
  readonly name: string;
  readonly #definition: Definition;

  /**
   * Describes the service; nothing is started or touched yet.
   *
   * @param name 1 to 255 bytes of UTF-8 without NUL.
   * @param options How it starts, is checked and stops.
   * @throws {TypeError} A value of the wrong type, or `linger` and `onLastRelease` without `module`.
   * @throws {RangeError} A name or duration out of range.
   */
  constructor(name: string, options: SharedServiceOptions) {
    this.#definition = define(name, options);
    this.name = name;
  }

  /**
   * The callbacks and terms, for a guardian that imports the module of this service.
   *
   * @ignore
   */
  get [DEFINITION](): unknown {
    return this.#definition;
  }

  /**
   * Comes to hold a reference: starts the service if it is not there, checks it if it is, recovers it if the
   * check fails. Resolves only with a guardian on watch.
   *
   * @param options Timeout and AbortSignal. Given up while a callback runs, what it started is stopped again.
   * @returns The handle; release it, or leave its scope with `await using`.
   * @throws {TimeoutError} Not in time; the message names the process that holds the start-up lock.
   * @throws {ProcrefError} `"start_failed"`: a callback returned a process that is dead; on Windows also: the keeper of
   * a service that needs one did not start.
   * `"unsafe_directory"`: the directory is not ours, or open to others.
   * @throws {SystemError} For example ENOSPC, when the system has no semaphore set left.
   * @throws {PermissionError} Deno runs without `--allow-ffi`, or the kernel object belongs to another user.
   */
  async acquire(options: WaitOptions = {}): Promise<ServiceHandle> {
    const { info, leave } = await acquire(this.#definition, options);
    return new ServiceHandle(info, leave);
  }

  /** The references held now, in all processes. It creates nothing; by the time it is read it may be another. */
  count(): number {
    const { count, peekDirectory } = serviceSystem;
    const directory = peekDirectory(this.#definition.directory);
    return directory === undefined ? 0 : count(this.name, directory);
  }

  /** Looks at the service without touching it: its state, its clients, and what is wrong, if anything. */
  async status(): Promise<ServiceStatus> {
    const { peekDirectory } = serviceSystem;
    const { inspect } = await looking();
    return await inspect(this.#definition, peekDirectory(this.#definition.directory));
  }
}
