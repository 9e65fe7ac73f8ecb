import { runtime } from "../runtime/mod.ts";
import type { CommandRequest } from "./runner.ts";

/** What the system is told about the environment. */
export function environmentOf(
  { env, inheritEnv, unsetEnv }: CommandRequest,
): { readonly env: Readonly<Record<string, string>>; readonly clearEnv: boolean } {
  if (inheritEnv === "all" && unsetEnv.length === 0) return { env, clearEnv: false };
  const own = inheritEnv === "all" || inheritEnv.length > 0 ? runtime.environment() : {};
  const inherited = Object.entries(own).filter(([name]) =>
    (inheritEnv === "all" || inheritEnv.includes(name)) && !unsetEnv.includes(name)
  );
  return { env: { ...Object.fromEntries(inherited), ...env }, clearEnv: true };
}
