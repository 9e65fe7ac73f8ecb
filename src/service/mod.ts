/**
 * One service for many processes: the first one starts it, the last one stops it, and the kernel counts.
 *
 * @module
 */

export * from "../errors.ts";
export type { CounterBackend } from "../counter/types.ts";
export { ServiceHandle } from "./handle.ts";
export { SharedService } from "./shared_service.ts";
export type {
  ServiceInfo,
  ServiceStatus,
  SharedServiceOptions,
  StartContext,
  StopPolicy,
} from "./types.ts";
export type { WaitOptions } from "../wait.ts";
