import { type Colour, colour } from "./terminal.ts";

/** A cell: its text, and what its colour means. */
export type Cell = string | { readonly text: string; readonly colour: Colour };

function textOf(cell: Cell): string {
  return typeof cell === "string" ? cell : cell.text;
}

/** Rows as lines, in columns as wide as they must be; the first row is the heading. */
export function table(rows: readonly (readonly Cell[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, textOf(cell).length);
    });
  }
  return rows.map((row, index) =>
    row.map((cell, column) => {
      const last = column === row.length - 1;
      const padding = last ? "" : " ".repeat((widths[column] ?? 0) - textOf(cell).length);
      const name = index === 0 ? "dim" : typeof cell === "string" ? undefined : cell.colour;
      return (name === undefined ? textOf(cell) : colour(textOf(cell), name)) + padding;
    }).join("  ").trimEnd()
  );
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A time span for people: two units at most. */
export function span(milliseconds: number): string {
  const whole = (unit: number) => Math.floor(milliseconds / unit);
  if (milliseconds < MINUTE) return `${whole(SECOND)}s`;
  if (milliseconds < HOUR) return `${whole(MINUTE)}m ${whole(SECOND) % 60}s`;
  if (milliseconds < DAY) return `${whole(HOUR)}h ${whole(MINUTE) % 60}m`;
  return `${whole(DAY)}d ${whole(HOUR) % 24}h`;
}
