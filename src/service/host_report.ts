import { LINUX } from "../../ffi/numbers/linux.ts";
import { errno, processes } from "../../ffi/libc.ts";
import { SystemError } from "../../ffi/errors.ts";
import { placeOf } from "../counter/sysv/place.ts";
import { SemaphoreSet } from "../counter/sysv/set.ts";
import { close, statusAt } from "../file/posix.ts";
import { runtime } from "../runtime/mod.ts";
import { type FeatureReport, probe } from "./probe.ts";
import { defaultDirectory } from "./record/directory.ts";

// Another system's way is loaded only there.
const windows = runtime.platform === "windows"
  ? await import("./host_report_windows.ts")
  : undefined;

/** What this host offers. */
export interface HostReport {
  /** The operating system. */
  readonly platform: string;
  /** The runtime. */
  readonly runtime: "deno" | "bun";
  /** Feature by feature. */
  readonly features: readonly FeatureReport[];
}

/**
 * Finds out what this host offers for each feature, by which mechanism, and why not where not. It creates nothing.
 *
 * @returns The report.
 *
 * @example
 * ```ts
 * import { hostReport } from "@procref/procref/service";
 *
 * for (const { feature, available, mechanism } of hostReport().features) {
 *   console.log(available ? "yes" : "no ", feature, mechanism);
 * }
 * ```
 */
export function hostReport(): HostReport {
  return {
    platform: runtime.platform,
    runtime: runtime.name,
    features: windows?.windowsFeatures() ?? [
      probe("process identities", "/proc/PID/stat (proc(5))", () => {
        return statusAt("/proc/self/stat") === undefined ? "/proc is not mounted" : undefined;
      }),
      probe("signals and waits that cannot hit a reused pid", "pidfd (pidfd_open(2))", () => {
        const pidfd = processes().syscall(LINUX.SYS_pidfd_open, processes().getpid(), 0, null, 0);
        if (pidfd === -1) throw new SystemError("pidfd_open", errno());
        close(pidfd);
        return undefined;
      }),
      probe("reference count and start-up lock", "System V semaphores with SEM_UNDO", () => {
        SemaphoreSet.find(placeOf("service", "procref host report", "/"));
        return undefined;
      }),
      probe("guardian", "sh, blocked in read on a pipe", () => {
        return statusAt("/bin/sh", "follow")?.regular ? undefined : "there is no /bin/sh";
      }),
      probe("records of services", defaultDirectory(), () => {
        const parent = defaultDirectory().replace(/\/[^/]*$/, "");
        return statusAt(parent)?.directory ? undefined : `${parent} is not there`;
      }),
    ],
  };
}
