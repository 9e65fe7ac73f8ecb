import { checkSignal, signalNumber } from "../process/signals.ts";
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
  await ask(() => containment.resume());
  await ask(() => containment.signal(checkSignal("SIGTERM")));
  const go = signalNumber("SIGCONT");
  if (go !== undefined) await ask(() => containment.signal(go));
  const obeyed = await emptied(containment, timeout);
  const left = obeyed ? [] : containment.members();
  left.forEach((pid) => seen.add(pid));
  if (escalate) await containment.kill();
  const exited = [...seen].filter((pid) => !left.includes(pid));
  return { exited, killed: escalate ? left : [], elapsed: performance.now() - start };
}

/** Who may not be asked is one that does not obey. */
async function ask(request: () => void | Promise<void>): Promise<void> {
  try {
    await request();
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
  }
}

/** True when everybody left in time. */
async function emptied(containment: Containment, timeout: number): Promise<boolean> {
  using patience = limit({ timeout }, () => "the members of a group");
  try {
    await containment.whenEmpty(patience.signal);
    return true;
  } catch (error) {
    if (error instanceof TimeoutError) return false;
    throw error;
  }
}
