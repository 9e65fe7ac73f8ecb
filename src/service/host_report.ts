import { ERRNO } from "../../ffi/errno.ts";
import { LINUX } from "../../ffi/numbers/linux.ts";
import { checked, errno, processes } from "../../ffi/libc.ts";
import { placeOf } from "../counter/sysv/place.ts";
import { SemaphoreSet } from "../counter/sysv/set.ts";
import { close, statusAt } from "../file/posix.ts";
import { type Feature, FEATURES, MECHANISMS } from "../platforms.ts";
import { processSystem } from "../process/system.ts";
import { platform, runtimeName } from "../../ffi/platform.ts";
import { type FeatureReport, type Probe, probe } from "./probe.ts";
import { defaultDirectory } from "./record/directory.ts";

// Another system's way is loaded only there.
const darwin = platform === "darwin" ? await import("./host_report_darwin.ts") : undefined;
const windows = platform === "windows" ? await import("./host_report_windows.ts") : undefined;

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
    platform,
    runtime: runtimeName,
    features: FEATURES.map(report),
  };
}

function report(feature: Feature): FeatureReport {
  const mechanism = MECHANISMS[platform][feature];
  const question = (windows?.WINDOWS_PROBES ?? { ...PROBES, ...darwin?.DARWIN_PROBES })[feature];
  if (mechanism === undefined || question === undefined) {
    const reason = `procref has no mechanism for this on ${platform}`;
    return { feature, available: false, mechanism: "none", reason };
  }
  return probe(feature, mechanism, question);
}

const PROBES: Readonly<Record<Feature, Probe>> = {
  "process identities": () =>
    processSystem.startTime(processes().getpid()) === undefined
      ? "this very process has no start time: is /proc mounted?"
      : undefined,
  "signals and waits": holdOurselves,
  "reference count and start-up lock"() {
    SemaphoreSet.find(placeOf("service", "procref host report", "/"));
    return undefined;
  },
  "guardian": () => statusAt("/bin/sh", "follow")?.regular ? undefined : "there is no /bin/sh",
  "records of services"() {
    const parent = defaultDirectory().replace(/\/[^/]*$/, "");
    return statusAt(parent)?.directory ? undefined : `${parent} is not there`;
  },
  "children": holdOurselves,
  "process trees": hasProc,
  "daemons and pid files": hasProc,
  "shared memory and locks"() {
    if (!statusAt("/dev/shm")?.directory) return "/dev/shm is not there";
    // Nothing to wait for: refused by every kernel that has the call.
    processes().syscall(LINUX.SYS_futex_waitv, 0, 0, null, 0);
    return errno() === ERRNO.ENOSYS ? "futex_waitv(2) is there from Linux 5.16 on" : undefined;
  },
};

function hasProc(): string | undefined {
  return statusAt("/proc/self/stat") === undefined ? "/proc is not mounted" : undefined;
}

/** Takes hold of this process, as is done with any (pidfd_open(2)). */
function holdOurselves(): undefined {
  close(
    checked(
      processes().syscall(LINUX.SYS_pidfd_open, processes().getpid(), 0, null, 0),
      "pidfd_open",
    ),
  );
}
