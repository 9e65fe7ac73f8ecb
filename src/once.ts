/**
 * What is loaded at its first use, by one import for all who ask. While a module awaits others, a second import of it
 * gives Deno's callers what is not complete, and may end Deno. A load that fails, for want of a descriptor perhaps, is
 * tried again. Marked as pure, what nobody calls is left out of bundles.
 */
export function once<Module>(load: () => Promise<Module>): () => Promise<Module> {
  let loading: Promise<Module> | undefined;
  const forget = (error: unknown): never => {
    loading = undefined;
    throw error;
  };
  return () => loading ??= load().catch(forget);
}
