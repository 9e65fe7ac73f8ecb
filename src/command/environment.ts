import { runtime } from "../runtime/mod.ts";
import type { CommandRequest } from "./runner.ts";

/** What the system is told about the environment. */
export function environmentOf(
  { env, inheritEnv, unsetEnv }: CommandRequest,
): { readonly env: Readonly<Record<string, string>>; readonly clearEnv: boolean } {
  if (inheritEnv === "all" && unsetEnv.length === 0) return { env, clearEnv: false };
  const own = inheritEnv === "all" || inheritEnv.length > 0 ? runtime.environment() : {};
  const wanted = inheritEnv === "all" ? undefined : inheritEnv.map(canonical);
  const unwanted = [...unsetEnv, ...Object.keys(env)].map(canonical);
  const inherited = Object.entries(own).filter(([name]) =>
    (wanted?.includes(canonical(name)) ?? true) && !unwanted.includes(canonical(name))
  );
  return { env: { ...Object.fromEntries(inherited), ...env }, clearEnv: true };
}

/** On Windows names are the same in either case. */
const canonical = runtime.platform === "windows"
  ? (name: string) => name.toUpperCase()
  : (name: string) => name;
