import { colour, columns, isTerminal } from "./terminal.ts";
import { raw } from "./write.ts";

const PATIENCE = 300; // ms for which nothing is shown
const EVERY = 100; // ms
const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const CLEAR = "\r\x1b[K";

/**
 * Waits for something; from 0.3 s on a line on standard error tells what for, and is wiped away at the end. Where
 * standard error is no terminal, nothing is shown.
 *
 * @param text What is waited for, asked again for each frame.
 */
export async function showing<T>(text: () => string, work: Promise<T>): Promise<T> {
  if (!isTerminal(2)) return await work;
  const start = performance.now();
  let frame = 0;
  const draw = () => {
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    const line = `${text()} ${seconds}s`.slice(0, Math.max(10, columns() - 3));
    raw(`${CLEAR}${colour(FRAMES[frame++ % FRAMES.length] ?? "", "busy", 2)} ${line}`);
  };
  let drawing: ReturnType<typeof setInterval> | undefined;
  const timer = setTimeout(() => {
    draw();
    drawing = setInterval(draw, EVERY);
  }, PATIENCE);
  try {
    return await work;
  } finally {
    clearTimeout(timer);
    if (drawing !== undefined) {
      clearInterval(drawing);
      raw(CLEAR);
    }
  }
}
