import { readdirSync, readFileSync } from "node:fs";
import { platform } from "node:process";
import { eventually } from "../../harness/mod.ts";

// semtimedop(2) on x86-64 and on 64-bit Arm.
const SEMTIMEDOP = ["220", "192"];

/**
 * A wait that was given up stays in the kernel for the rest of its slice, by design. Deno's sanitizer would call
 * it an operation that the test forgot: this waits until no thread of this process is left in there.
 */
export async function abandonedCallsReturned(): Promise<void> {
  // One that was given up at once has to get in there first.
  await new Promise((resolve) => setTimeout(resolve, 5));
  if (platform === "linux") await eventually(() => !readdirSync("/proc/self/task").some(isInside));
  // And for the event loop to hear of it.
  await new Promise((resolve) => setTimeout(resolve, 2));
}

function isInside(thread: string): boolean {
  try {
    const call = readFileSync(`/proc/self/task/${thread}/syscall`, "utf8");
    return SEMTIMEDOP.includes(call.split(" ")[0] ?? "");
  } catch {
    return false; // The thread has ended meanwhile.
  }
}
