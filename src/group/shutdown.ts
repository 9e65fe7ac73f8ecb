import { checkSignal } from "../process/signals.ts";
import { SystemError, TimeoutError } from "../../ffi/errors.ts";
import { limit } from "../wait.ts";
import type { Containment } from "./system.ts";
import type { ShutdownReport } from "./types.ts";

/** Asks, waits, kills; and keeps account of who left how. */
export async function shutDown(
  containment: Containment,
  timeout: number,
  escalate: boolean,
): Promise<ShutdownReport> {
  const start = performance.now();
  const seen = new Set(containment.members());
  // Nobody obeys who may not run: thawed and continued, a member finds the signal waiting.
  await permitted(() => containment.resume());
  const obeyed = await emptied(containment, timeout);
  const left = obeyed ? [] : containment.members();
  left.forEach((pid) => seen.add(pid));
  if (escalate) await containment.kill();
  const exited = [...seen].filter((pid) => !left.includes(pid));
  return { exited, killed: escalate ? left : [], elapsed: performance.now() - start };
}

/** Who may not be asked is one that does not obey. */
async function permitted(request: () => void | Promise<void>): Promise<void> {
  try {
    await request();
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
  }
}

/** Asks everybody to leave. @returns True when all did in time. */
async function emptied(containment: Containment, timeout: number): Promise<boolean> {
  using patience = limit({ timeout }, () => "the members of a group");
  try {
    await leave(containment, patience.signal);
    return true;
  } catch (error) {
    if (error instanceof TimeoutError) return false;
    throw error;
  }
}

async function leave(containment: Containment, signal: AbortSignal): Promise<void> {
  const request = checkSignal("SIGTERM");
  if (containment.ask !== undefined) return await containment.ask(request, signal);
  await permitted(() => containment.signal(request));
  await permitted(() => containment.signal(checkSignal("SIGCONT")));
  await containment.whenEmpty(signal);
}
