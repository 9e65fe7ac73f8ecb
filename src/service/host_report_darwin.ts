import type { Feature } from "../platforms.ts";
import type { Probe } from "./probe.ts";

/** What is asked on macOS instead: nothing there depends on what is mounted. */
export const DARWIN_PROBES: { readonly [Name in Feature]?: Probe } = {
  "process trees": () => undefined,
  "daemons and pid files": () => undefined,
  "shared memory and locks": () => undefined,
};
