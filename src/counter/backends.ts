import { platform } from "../../ffi/platform.ts";
import { SysvCounter } from "./sysv/counter.ts";
import { placeOf } from "./sysv/place.ts";
import type { CounterBackend, RefCounter } from "./types.ts";

/** How each backend of this system opens a counter; what the system lacks is missing. */
export const BACKENDS: { [Backend in CounterBackend]?: (name: string) => RefCounter } = {};

if (platform !== "windows") {
  BACKENDS.sysv = (name) => new SysvCounter(name, placeOf("counter", name));
}

if (platform === "darwin") {
  BACKENDS.mach = (await import("./mach/darwin.ts")).openMachCounter;
}

if (platform === "windows") {
  const { HandleCounter } = await import("./handle/counter.ts");
  BACKENDS.handle = (name) => new HandleCounter(name);
}

/** What is taken where nobody asks for another. */
export const DEFAULT_BACKEND: CounterBackend = platform === "windows" ? "handle" : "sysv";
