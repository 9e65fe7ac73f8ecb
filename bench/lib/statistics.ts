// Order statistics. On a shared machine means are pulled up by whatever else runs; medians hardly are.

/**
 * The value below which a share of the samples lies (nearest rank): `quantile(samples, 0.99)` is the p99.
 *
 * @throws {RangeError} There are no samples.
 */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  if (value === undefined) throw new RangeError("There are no samples");
  return value;
}

/** The sample in the middle. */
export function median(samples: readonly number[]): number {
  return quantile(samples, 0.5);
}

/**
 * The median of the ratios of two series that were measured in turns: what slows the machine down for a while
 * slows both samples of a pair, and their ratio stays.
 */
export function pairedRatio(samples: readonly number[], floor: readonly number[]): number {
  return median(samples.map((sample, index) => sample / (floor[index] ?? NaN)));
}

/** The median of the differences of two series that were measured in turns. */
export function pairedDifference(samples: readonly number[], floor: readonly number[]): number {
  return median(samples.map((sample, index) => sample - (floor[index] ?? NaN)));
}

/** The difference of the quickest runs: what is left when nothing else runs on the machine. */
export function bestDifference(samples: readonly number[], floor: readonly number[]): number {
  return Math.min(...samples) - Math.min(...floor);
}
