// Numbers as the tables show them: three digits that mean something, and the unit.

function digits(value: number): string {
  const size = Math.abs(value);
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2);
}

/** Nanoseconds, shown as ns or us. */
export function nanoseconds(value: number): string {
  return value < 1000 ? `${value.toFixed(0)} ns` : `${digits(value / 1000)} us`;
}

/** Milliseconds, shown as us, ms or s. */
export function milliseconds(value: number): string {
  if (Math.abs(value) >= 1000) return `${digits(value / 1000)} s`;
  return Math.abs(value) < 0.1 ? `${(value * 1000).toFixed(0)} us` : `${digits(value)} ms`;
}

/** A difference in milliseconds, with its sign. */
export function difference(value: number): string {
  return `${value < 0 ? "-" : "+"}${digits(Math.abs(value))} ms`;
}

/** A ratio to the floor. */
export function times(value: number): string {
  return `x${digits(value)}`;
}
