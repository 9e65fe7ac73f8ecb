import { jobs } from "../../ffi/windows/creation.ts";
import { ntProcesses, sections } from "../../ffi/windows/ntdll.ts";
import { HandleCounter } from "../counter/handle/counter.ts";
import { identify } from "../process/process.ts";
import { ownPid } from "../process/windows.ts";
import { type FeatureReport, probe } from "./probe.ts";

/** What Windows offers, feature by feature. A function that is not there cannot be bound, which is an error. */
export function windowsFeatures(): FeatureReport[] {
  return [
    probe("process identities", "creation times (GetProcessTimes)", () => {
      return identify(ownPid()) === undefined ? "this process has no creation time" : undefined;
    }),
    probe("signals and waits that cannot hit a reused pid", "process handles", () => {
      void ntProcesses().NtOpenProcess;
      return undefined;
    }),
    probe("reference count and start-up lock", "handles of named semaphores", () => {
      new HandleCounter("procref host report").count();
      return undefined;
    }),
    probe("process trees", "job objects", () => {
      void jobs().NtCreateJobObject;
      return undefined;
    }),
    probe("shared memory and locks", "sections of the paging file, events", () => {
      void sections().NtCreateSection;
      return undefined;
    }),
    probe("shared services", "job objects", () => "not yet on Windows"),
  ];
}
