// Another system's way to look at processes and to reach them. It is loaded only there, and only here: Deno may take a
// module for complete that two import at once. So what darwin.ts waits for is complete before it is asked for, whoever
// else imports it.

import "../file/descriptors.ts";
import { platform } from "../../ffi/platform.ts";
import type { HoldingSystem } from "./held.ts";
import type { ProcessSystem } from "./system.ts";

/** Undefined on Linux. */
export const elsewhere: ProcessSystem & HoldingSystem | undefined = platform === "darwin"
  ? (await import("./darwin.ts")).darwin
  : platform === "windows"
  ? (await import("./windows.ts")).windows
  : undefined;
