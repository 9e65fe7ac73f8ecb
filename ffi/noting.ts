/** A function of the system. */
export type Call = (...values: unknown[]) => unknown;

/** The error that the last call has left; it means something if that call has failed. */
export interface LastError {
  value: number;
}

/**
 * Reads the thread's error in the same breath as the call. At each later step, be it the call of a function or the
 * return from one, a runtime may use this thread for work of its own (V8 collects garbage, waits for a mutex), and
 * that work's system calls leave their errors in the same place.
 *
 * @param call The function; undefined or null is one that is not there.
 * @param parameters How many it has.
 * @param cell Where the system leaves the error.
 * @param last Where it is noted.
 */
export function noting(
  call: Call | undefined | null,
  parameters: number,
  cell: Int32Array,
  last: LastError,
): unknown {
  if (call === undefined || call === null) return undefined;
  // Those that are called often have four; passing on any number of values takes 0.1 us more.
  if (parameters === 4) {
    return (one: unknown, two: unknown, three: unknown, four: unknown) => {
      const result = call(one, two, three, four);
      last.value = cell[0] ?? 0;
      return result;
    };
  }
  return (...values: unknown[]) => {
    const result = call(...values);
    last.value = cell[0] ?? 0;
    return result;
  };
}
