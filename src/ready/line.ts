/** What a line must be like: hold a text, match a pattern, or be what a function says. */
export type LineMatch = string | RegExp | ((line: string) => boolean);

/** The question. @throws {TypeError} It is none of these. */
export function matcherOf(match: LineMatch): (line: string) => boolean {
  if (typeof match === "string") return (line) => line.includes(match);
  if (typeof match === "function") return match;
  if (!(match instanceof RegExp)) {
    throw new TypeError("A line is matched by a text, a RegExp or a function");
  }
  // Without the memory of where it last matched that a global one has.
  const pattern = new RegExp(match.source, match.flags.replace(/[gy]/g, ""));
  return (line) => pattern.test(line);
}
