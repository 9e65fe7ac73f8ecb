// The conformance suite on System V semaphores as macOS has them.

import { platform } from "../../ffi/platform.ts";
import { refCounterConformance } from "../conformance/ref_counter.ts";

if (platform === "darwin") refCounterConformance("sysv");
