/** What became of a goal; `none` where there is nothing to judge. */
export type Verdict = "pass" | "MISS" | "none";

/** One line of a table: the cells under the report's head, then the goal. */
export interface Row {
  readonly cells: readonly string[];
  readonly goal?: string;
  readonly verdict?: Verdict;
}

/** A picture for the README. */
export interface Picture {
  /** File name without ending. */
  readonly name: string;
  readonly alt: string;
  readonly svg: string;
}

/** What a benchmark found. */
export interface Report {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly Row[];
  /** How it was measured, and what could not be. */
  readonly notes: readonly string[];
  readonly pictures?: readonly Picture[];
}

/** Judges a number of which less is better. */
export function atMost(value: number, goal: number): Verdict {
  return value <= goal ? "pass" : "MISS";
}

/** True unless a goal was missed. */
export function passed({ rows }: Report): boolean {
  return rows.every(({ verdict }) => verdict !== "MISS");
}

function lines({ head, rows }: Report): string[][] {
  return [
    [...head, "goal", ""],
    ...rows.map(({ cells, goal = "", verdict = "none" }) => [
      ...cells,
      goal,
      verdict === "none" ? "" : verdict,
    ]),
  ];
}

/** Pads cells to columns: the first to the left, where the names are, the others to the right. */
function columns(table: readonly (readonly string[])[]): string[][] {
  const widths = (table[0] ?? []).map((_, column) =>
    Math.max(...table.map((line) => line[column]?.length ?? 0))
  );
  return table.map((line) =>
    line.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)
    )
  );
}

/** The report for a terminal. */
export function asText(report: Report): string {
  const [head = [], ...rows] = columns(lines(report)).map((line) => line.join("  ").trimEnd());
  const rule = "-".repeat(Math.max(...[head, ...rows].map((line) => line.length)));
  return [report.title, rule, head, rule, ...rows, ...report.notes.map((note) => `  ${note}`), ""]
    .join("\n");
}

/** The report for the README. Pictures lie in `results/`, beside the file that this goes into. */
export function asMarkdown(report: Report): string {
  const [head = [], ...rows] = columns(lines(report));
  const rule = head.map((cell, column) =>
    column === 0 ? "-".repeat(cell.length) : `${"-".repeat(Math.max(1, cell.length - 1))}:`
  );
  const table = [head, rule, ...rows].map((line) => `| ${line.join(" | ")} |`);
  const pictures = (report.pictures ?? []).map(({ name, alt }) => `![${alt}](results/${name}.svg)`);
  return [`### ${report.title}`, "", ...table, "", ...report.notes, "", ...pictures, ""].join("\n");
}
