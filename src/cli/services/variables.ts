import type { ServiceInfo } from "../../service/types.ts";
import { UsageError } from "../verb.ts";

/** A service in use, and what its file says a command needs to know. */
export interface Used {
  readonly name: string;
  readonly info: ServiceInfo;
  readonly provides: Readonly<Record<string, string>>;
}

/**
 * What a command learns of the services it runs with: `NAME_PID`, `NAME_PORT` and `NAME_KEY` for each key of the
 * metadata; `PORT` is the port of the last one that has one.
 */
export function variablesOf(
  used: readonly Used[],
  prefix: string | undefined,
): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const { name, info: { pid, port, metadata = {} }, provides } of used) {
    const own = `${prefix ?? prefixOf(name)}_`;
    for (const [key, value] of Object.entries(metadata)) variables[own + prefixOf(key)] = value;
    variables[`${own}PID`] = `${pid}`;
    if (port !== undefined) variables[`${own}PORT`] = variables["PORT"] = `${port}`;
    for (const [key, value] of Object.entries(provides)) {
      variables[key] = value.replaceAll("{pid}", `${pid}`).replaceAll("{port}", `${port ?? ""}`);
    }
  }
  return variables;
}

/** Checks that no two services would set the same variables. @throws {UsageError} */
export function checkPrefixes(names: readonly string[], prefix: string | undefined): void {
  if (prefix !== undefined && !/^[A-Za-z_][A-Za-z0-9_]*$/.test(prefix)) {
    throw new UsageError(`--env-prefix must be the beginning of a variable's name: ${prefix}`);
  }
  if (prefix !== undefined && names.length > 1) {
    throw new UsageError("--env-prefix is for one service");
  }
  names.forEach((name, index) => {
    const other = names.findIndex((one) => prefixOf(one) === prefixOf(name));
    if (other === index) return;
    throw new UsageError(
      names[other] === name
        ? `${name} is named twice`
        : `${names[other]} and ${name} would both set ${prefixOf(name)}_PORT`,
    );
  });
}

/** A name as the beginning of a variable's: upper case, all but letters and digits as `_`. */
function prefixOf(name: string): string {
  const word = name.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_");
  return /^\d/.test(word) ? `_${word}` : word;
}
