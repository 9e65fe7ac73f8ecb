// The parts of Bun that this folder uses, declared here so that no type package of Bun is needed to read it.

interface BunGlobals {
  Bun: { main: string };
  process: { platform: string; env: Record<string, string | undefined> };
}

/** Bun's globals. Only the Bun side asks for them, and only in Bun. */
export function bunGlobals(): BunGlobals {
  return globalThis as unknown as BunGlobals;
}
