// The conformance suite on Mach send rights.

import { platform } from "../../ffi/platform.ts";
import { refCounterConformance } from "../conformance/ref_counter.ts";

if (platform === "darwin") refCounterConformance("mach");
