import { platform } from "node:process";
import { refCounterConformance } from "../conformance/ref_counter.ts";

if (platform === "win32") refCounterConformance("handle");
