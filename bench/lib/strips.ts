import { quantile } from "./statistics.ts";
import { dot, LEFT, line, picture, rectangle, text, WIDTH } from "./svg.ts";

/** All samples of one competitor. */
export interface Strip {
  readonly label: string;
  readonly samples: readonly number[];
  /** Floors and peers are drawn in grey. */
  readonly quiet: boolean;
}

/** What to draw. */
export interface Strips {
  readonly title: string;
  readonly unit: string;
  readonly strips: readonly Strip[];
  /** Upright lines: goals. */
  readonly marks: readonly { readonly at: number; readonly label: string }[];
}

const TOP = 62;
const STEP = 44;
const RIGHT = WIDTH - 110;

/** A step between grid lines that gives five of them or a few more: 1, 2 or 5 times a power of ten. */
function gridStep(largest: number): number {
  const power = 10 ** Math.floor(Math.log10(largest / 5));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => largest / step <= 8) ?? power;
}

/** One row of dots per competitor, one dot per sample, with the median marked and written beside. */
export function strips({ title, unit, strips, marks }: Strips): string {
  const values = [...strips.flatMap(({ samples }) => samples), ...marks.map(({ at }) => at)];
  const largest = Math.max(...values) * 1.05;
  const x = (value: number) => LEFT + value / largest * (RIGHT - LEFT);
  const bottom = TOP + strips.length * STEP;
  const step = gridStep(largest);
  const ticks = Array.from({ length: Math.floor(largest / step) + 1 }, (_, index) => index * step);
  const shapes = [
    ...ticks.flatMap((tick) => [
      line(x(tick), TOP, x(tick), bottom),
      text(x(tick), bottom + 18, `${tick}${tick === 0 ? ` ${unit}` : ""}`, { anchor: "middle" }),
    ]),
    ...marks.flatMap(({ at, label }) => [
      line(x(at), TOP, x(at), bottom, "mark"),
      text(x(at), TOP - 8, label, { anchor: "middle", style: "marked" }),
    ]),
    ...strips.flatMap((strip, index) => drawStrip(strip, TOP + (index + 0.5) * STEP, x, unit)),
  ];
  return picture(title, bottom + 32, shapes);
}

function drawStrip(
  { label, samples, quiet }: Strip,
  y: number,
  x: (value: number) => number,
  unit: string,
): string[] {
  const style = quiet ? "quiet" : "main";
  const p50 = quantile(samples, 0.5);
  return [
    text(LEFT - 10, y + 4, label, { anchor: "end" }),
    // Spread over the row, so that equal samples don't hide one another.
    ...samples.map((sample, index) => dot(x(sample), y - 10 + index * 7 % 20, style)),
    rectangle(x(p50) - 1.5, y - 16, 3, 32, style),
    text(RIGHT + 12, y + 4, `p50 ${p50.toFixed(1)} ${unit}`, { style: "value" }),
  ];
}
