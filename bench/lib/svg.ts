// The little of SVG that the pictures need: text and shapes with colours that change with the reader's scheme.

/** Width of every picture. */
export const WIDTH = 720;
/** Where the labels' column ends and the drawing begins. */
export const LEFT = 200;

const STYLE = `
  text { font: 13px system-ui, sans-serif; fill: #57606a }
  .title { font-size: 15px; font-weight: 600; fill: #24292f }
  .value { fill: #24292f; font-variant-numeric: tabular-nums }
  .main { fill: #0969da } .quiet { fill: #8c959f }
  .line { stroke: #d0d7de } .mark { stroke: #bc4c00; stroke-dasharray: 4 3 } .marked { fill: #bc4c00 }
  @media (prefers-color-scheme: dark) {
    text { fill: #9198a1 } .title, .value { fill: #e6edf3 }
    .main { fill: #4493f8 } .quiet { fill: #656c76 }
    .line { stroke: #3d444d } .mark { stroke: #f0883e } .marked { fill: #f0883e }
  }
`;

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

function escape(text: string): string {
  return text.replace(/[&<>]/g, (character) => ENTITIES[character] ?? "");
}

/** A text. */
export function text(
  x: number,
  y: number,
  words: string,
  { anchor = "start", style = "" }: { anchor?: "start" | "middle" | "end"; style?: string } = {},
): string {
  return `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}" class="${style}">${
    escape(words)
  }</text>`;
}

/** A line. */
export function line(x1: number, y1: number, x2: number, y2: number, style = "line"): string {
  return `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${
    round(y2)
  }" class="${style}"/>`;
}

/** A filled rectangle. */
export function rectangle(
  x: number,
  y: number,
  width: number,
  height: number,
  style: string,
): string {
  return `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${
    round(height)
  }" rx="2" class="${style}"/>`;
}

/** A dot; where many lie on one another it gets darker. */
export function dot(x: number, y: number, style: string): string {
  return `<circle cx="${round(x)}" cy="${round(y)}" r="3" fill-opacity="0.35" class="${style}"/>`;
}

/** The whole picture, transparent behind. */
export function picture(title: string, height: number, shapes: readonly string[]): string {
  const head = `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" ` +
    `viewBox="0 0 ${WIDTH} ${height}" role="img">`;
  const body = [
    `<title>${escape(title)}</title>`,
    `<style>${STYLE}</style>`,
    text(16, 26, title, { style: "title" }),
    ...shapes,
  ];
  return `${head}\n${body.join("\n")}\n</svg>\n`;
}

function round(value: number): string {
  return String(Math.round(value * 10) / 10);
}
