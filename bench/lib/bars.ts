import { LEFT, picture, rectangle, text, WIDTH } from "./svg.ts";

/** A bar with its name and its value in words. */
export interface Bar {
  readonly label: string;
  readonly value: number;
  readonly text: string;
  /** Floors and peers are drawn in grey. */
  readonly quiet: boolean;
}

const TOP = 46;
const STEP = 34;
const ROOM_FOR_VALUE = 90;

/** Horizontal bars from zero, one below the other. */
export function bars({ title, bars }: { title: string; bars: readonly Bar[] }): string {
  const longest = Math.max(...bars.map(({ value }) => value));
  const room = WIDTH - LEFT - ROOM_FOR_VALUE;
  const shapes = bars.flatMap((bar, index) => {
    const y = TOP + index * STEP;
    const width = Math.max(1, bar.value / longest * room);
    return [
      text(LEFT - 10, y + 16, bar.label, { anchor: "end" }),
      rectangle(LEFT, y, width, 22, bar.quiet ? "quiet" : "main"),
      text(LEFT + width + 8, y + 16, bar.text, { style: "value" }),
    ];
  });
  return picture(title, TOP + bars.length * STEP + 8, shapes);
}
