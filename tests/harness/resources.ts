import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { platform } from "../../ffi/platform.ts";

/** A name that no other test uses. */
export function uniqueName(purpose: string): string {
  return `test ${purpose} ${crypto.randomUUID()}`;
}

/** A directory of one test's own, removed at the end of its scope. */
export function temporaryDirectory(): { readonly path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), "procref-test-"));
  return { path, [Symbol.dispose]: () => removeTree(path) };
}

/**
 * Waits until a condition holds, for what no event tells.
 *
 * @throws {Error} It doesn't hold in time.
 */
export async function eventually(condition: () => boolean, timeout = 5000): Promise<void> {
  const end = performance.now() + timeout;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`Not within ${timeout} ms: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** On Windows a directory is in use for a moment longer than the process that was started in it. */
function removeTree(path: string): void {
  for (let tries = platform === "windows" ? 40 : 1;; tries--) {
    try {
      return rmSync(path, { recursive: true, force: true });
    } catch (error) {
      if (tries === 1) throw error;
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
  }
}
