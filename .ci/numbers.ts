// Puts Linux's numbers in the place of their names, in the bundle that runs there only: a program would make a table of
// them at each start, and look up what has been known all the time.

import type { Plugin } from "rolldown";
import * as linux from "../ffi/numbers/linux.ts";

/** The tables, by the names under which code knows them. */
const TABLES: Readonly<Record<string, unknown>> = {
  ...linux,
  POSIX: linux.LINUX,
  ERRNO: linux.LINUX_ERRNO,
};
const NAMES = `(?:${Object.keys(TABLES).join("|")})`;

/** `const { A, B } = TABLE;`, also of a part of it. */
const UNPACKED = new RegExp(`const \\{([\\w,\\s]*)\\} =\\s*(${NAMES}(?:\\.\\w+)*);`, "g");
/** `TABLE.A`, `TABLE.part.b` or `TABLE.part["b"]`. */
const NAMED = new RegExp(`(?<![\\w.])${NAMES}(?:\\.\\w+)+(?:\\["[^"]+"\\])?`, "g");

/** The plugin. */
export const numbers: Plugin = {
  name: "numbers",
  transform: (code, id) => id.includes("/numbers/") ? null : withNumbers(code),
};

/** Code with numbers in it where it had names. What is no number stays a name. */
export function withNumbers(code: string): string {
  return code.replaceAll(UNPACKED, unpacked).replaceAll(
    NAMED,
    (path) => String(numberAt(path) ?? path),
  );
}

function unpacked(whole: string, names: string, table: string): string {
  const constants = names.split(",").map((name) => name.trim()).filter((name) => name !== "").map(
    (name) => [name, numberAt(`${table}.${name}`)],
  );
  if (constants.some(([, number]) => number === undefined)) return whole;
  return `const ${constants.map(([name, number]) => `${name} = ${number}`).join(", ")};`;
}

function numberAt(path: string): number | undefined {
  const steps = [...path.matchAll(/\w+(?:\["([^"]+)"\])?/g)].flatMap(([word, key]) =>
    key === undefined ? [word] : [word.slice(0, word.indexOf("[")), key]
  );
  const found = steps.reduce<unknown>(
    (table, step) =>
      typeof table === "object" && table !== null ? Reflect.get(table, step) : undefined,
    TABLES,
  );
  return typeof found === "number" ? found : undefined;
}
