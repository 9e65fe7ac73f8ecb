// What is at the other end of standard output and standard error.

import { runtime } from "../../runtime/mod.ts";
import { terminal } from "../../runtime/terminal/mod.ts";

/** True if colours and moving lines are fine there: a terminal that is not dumb. */
export function isTerminal(descriptor: 1 | 2): boolean {
  return terminal.isTerminal(descriptor) && runtime.variable("TERM") !== "dumb";
}

/** True if colours are wanted there (no-color.org). */
function isColourful(descriptor: 1 | 2): boolean {
  return isTerminal(descriptor) && (runtime.variable("NO_COLOR") ?? "") === "";
}

/** The width of the terminal in columns; 80 where there is none. */
export function columns(): number {
  return terminal.size()?.columns || 80;
}

/** The height of the terminal in lines; no end of it where there is none. */
export function rows(): number {
  return terminal.size()?.rows || Infinity;
}

/** The colours in use, by what they mean. */
export type Colour = "good" | "bad" | "busy" | "dim" | "bold";

const CODES: Readonly<Record<Colour, number>> = { good: 32, bad: 31, busy: 33, dim: 2, bold: 1 };

/** Text in a colour, where colours are wanted (ECMA-48, SGR). */
export function colour(text: string, name: Colour, descriptor: 1 | 2 = 1): string {
  return isColourful(descriptor) ? `\x1b[${CODES[name]}m${text}\x1b[0m` : text;
}
