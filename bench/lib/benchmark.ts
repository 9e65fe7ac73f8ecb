import type { Report } from "./report.ts";
import type { Scratch } from "./scratch.ts";

/** One benchmark: it measures both runtimes beside their floor or peer, in one run. */
export type Benchmark = (scratch: Scratch) => Promise<Report>;
