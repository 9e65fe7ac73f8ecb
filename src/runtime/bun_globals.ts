// The parts of Bun that this folder uses, declared here so that no type package of Bun is needed to read it.

/** Bun's globals. Only the Bun side asks for them, and only in Bun. */
export interface BunGlobals {
  Bun: { main: string };
  process: { platform: string; env: Record<string, string | undefined> };
}
