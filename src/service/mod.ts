/**
 * One service for many processes: the first one starts it, the last one stops it, and the kernel counts. A process
 * that dies is counted off by the kernel; if it was the last one, a guardian stops the service (on Windows the kernel).
 *
 * Importing this touches nothing; in Deno the calls need `--allow-ffi`, and what the callbacks need.
 *
 * @example
 * ```ts
 * import { commandService } from "@procref/procref/service";
 *
 * const sleeper = commandService("docs-sleeper", { command: ["sleep", "60"] });
 * await using handle = await sleeper.acquire();
 * console.log(handle.pid, sleeper.count()); // 4711 1
 * ```
 *
 * @module
 */

export { commandService } from "./command/command_service.ts";
export type { ProgramInfo, Readiness } from "../ready/types.ts";
export type { CommandServiceOptions } from "./command/types.ts";
export * from "../../ffi/errors.ts";
export type { CounterBackend } from "../counter/types.ts";
export { serviceFromFile } from "./file/service_from_file.ts";
export { ServiceHandle } from "./handle.ts";
export type { HostReport } from "./host_report.ts";
export type { FeatureReport } from "./probe.ts";
export { hostReport } from "./host_report.ts";
export { SharedService } from "./shared_service.ts";
export { listServices } from "./list_services.ts";
export { stopService, type StopServiceOptions } from "./stop_service.ts";
export type {
  ServiceInfo,
  ServiceStatus,
  SharedServiceOptions,
  StartContext,
  StopPolicy,
} from "./types.ts";
export type { WaitOptions } from "../wait.ts";
