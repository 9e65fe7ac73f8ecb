// The conformance suite on both backends of macOS: System V semaphores and Mach send rights.

import { platform } from "node:process";
import { refCounterConformance } from "../conformance/ref_counter.ts";

if (platform === "darwin") {
  refCounterConformance("sysv");
  refCounterConformance("mach");
}
