// What keeps a service going and what ends it, system by system: on Linux and macOS a guardian at a pipe, and a token
// in the environment; on Windows a job object that every client has a handle of.

import type { ServiceLock } from "../counter/lease.ts";
import type { ProcessIdentity } from "../process/identity.ts";
import { platform } from "../../ffi/platform.ts";
import type { Definition } from "./definition.ts";
import { posix } from "./mechanism_posix.ts";
import type { ServiceRecord } from "./record/record.ts";
import type { ServicePaths } from "./record/store.ts";

/** A client's hold on what ends the service should all clients die. The kernel lets go at a client's death. */
export interface Watch {
  /** What the record says of it, for others to attach to. */
  readonly address: Pick<ServiceRecord, "guardian" | "job">;
  /** True while it is there, with all that the service of this record asks of it. */
  isAlive(record: ServiceRecord): boolean;
  /** Makes one that takes its place. To be called with the lock held. @throws As `watch` does. */
  renew(definition: Definition, paths: ServicePaths): Promise<Watch>;
  /** Lets go. */
  detach(): void;
  /** Ends it and lets go. Only for one that has nothing left to watch over. */
  dismiss(): Promise<void>;
}

/** What is to be seen of a service's watch from outside. */
export interface Sight {
  /** True while it is there. */
  readonly watched: boolean;
  /** The process that watches, where it is one. */
  readonly guardian?: ProcessIdentity;
  /** The processes that hold references. */
  readonly holders: readonly ProcessIdentity[];
}

/** A start under way: whatever becomes of this process, what it launches will be found. */
export interface Launch extends Disposable {
  /** Linux and macOS: the locked token file, into which a launcher writes who it is. */
  readonly tokenDescriptor?: number;
  /** Windows: the name of the job that a launched process is to be born into. */
  readonly job?: string | undefined;
  /** Makes sure that the service's process ends with the watch. @throws {ProcrefError} `"start_failed"` */
  enlist(process: ProcessIdentity): Promise<void>;
}

/** What a system must offer for services. */
export interface Mechanism {
  /** True if a service may live although its watch is gone: a guardian can be killed, the kernel can not. */
  readonly outlivesWatch: boolean;
  /** The kernel's lock and count for a service of this name in this directory. */
  lockOf(name: string, directory: string): ServiceLock;
  /** Refuses what could not be done later. @throws {UnsupportedError} */
  check(definition: Definition): void;
  /** Makes a watch. @throws {UnsupportedError | SystemError} */
  watch(definition: Definition, paths: ServicePaths): Promise<Watch>;
  /** Takes hold of the recorded watch; undefined when it is gone. @throws {SystemError} */
  attach(record: ServiceRecord, definition: Definition): Watch | undefined;
  /** Ends a recorded watch that could not be attached to, and has a successor. */
  supersede(record: ServiceRecord): Promise<void>;
  /** Looks at the recorded watch and at the clients. */
  look(name: string, directory: string, record: ServiceRecord | undefined): Promise<Sight>;
  /** Prepares a start under the record's token. @throws The signal's reason. */
  launch(paths: ServicePaths, record: ServiceRecord, signal: AbortSignal): Promise<Launch>;
  /** Stops what an unfinished start launched. @throws The signal's reason. */
  reapStart(paths: ServicePaths, record: ServiceRecord, signal: AbortSignal): Promise<void>;
  /** Ends all that belongs to the service by the recorded policy, and waits for it. @throws The signal's reason. */
  finish(record: ServiceRecord, signal: AbortSignal): Promise<void>;
  /** After the service's own `onLastRelease`: waits for its end, and forces it when the policy's time is up. */
  awaitStopped(record: ServiceRecord): Promise<void>;
}

// Another system's way is loaded only there.
const windows = platform === "windows"
  ? (await import("./mechanism_windows.ts")).windows
  : undefined;

/** This system's way. */
export const mechanism: Mechanism = windows ?? posix;
