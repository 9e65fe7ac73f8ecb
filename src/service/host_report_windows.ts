import { jobs } from "../../ffi/windows/creation.ts";
import { ntProcesses, sections } from "../../ffi/windows/ntdll.ts";
import { HandleCounter } from "../counter/handle/counter.ts";
import { statusAt } from "../file/windows.ts";
import type { Feature } from "../platforms.ts";
import { identify } from "../process/alive.ts";
import { ownPid } from "../process/windows.ts";
import type { Probe } from "./probe.ts";
import { defaultDirectory } from "./system_windows.ts";

/** How to find out. A function that is not there cannot be bound, which is an error. */
export const WINDOWS_PROBES: { readonly [Name in Feature]?: Probe } = {
  "process identities": () =>
    identify(ownPid()) === undefined ? "this process has no creation time" : undefined,
  "signals and waits": () => bound(ntProcesses().NtOpenProcess),
  "reference count and start-up lock"() {
    new HandleCounter("procref host report").count();
    return undefined;
  },
  "guardian": () => bound(jobs().NtCreateJobObject),
  "records of services"() {
    const folder = defaultDirectory().replace(/\\[^\\]*$/, "");
    return statusAt(folder)?.directory ? undefined : `${folder} is not there`;
  },
  "children": () => bound(ntProcesses().NtOpenProcess),
  "process trees": () => bound(jobs().NtCreateJobObject),
  "shared memory and locks": () => bound(sections().NtCreateSection),
};

function bound(_function: unknown): undefined {}
