import { processes } from "../../ffi/libc.ts";
import type { Feature } from "../platforms.ts";
import { holdingSystem } from "../process/held.ts";
import type { Probe } from "./probe.ts";

/** What is asked on macOS instead: nothing there depends on what is mounted. */
export const DARWIN_PROBES: { readonly [Name in Feature]?: Probe } = {
  "signals and waits": holdOurselves,
  "children": holdOurselves,
  "process trees": () => undefined,
  "daemons and pid files": () => undefined,
  "shared memory and locks": () => undefined,
};

/** Takes hold of this process, as is done with any. */
function holdOurselves(): string | undefined {
  const held = holdingSystem.hold(processes().getpid());
  held?.close();
  return held === undefined ? "this very process can't be held" : undefined;
}
