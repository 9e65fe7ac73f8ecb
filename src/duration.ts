const UNITS: Readonly<Record<string, number>> = { "": 1, ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/**
 * Milliseconds from a text: a number of them, or one with a unit (`500ms`, `30s`, `1.5m`, `2h`).
 *
 * @returns Undefined: the text is no duration.
 */
export function parseDuration(text: string): number | undefined {
  const [, number, unit = ""] = /^(\d+(?:\.\d+)?)(ms|s|m|h|)$/.exec(text) ?? [];
  return number === undefined ? undefined : Number(number) * (UNITS[unit] ?? 1);
}
