import { refCounterConformance } from "../conformance/ref_counter.ts";

refCounterConformance("sysv");
