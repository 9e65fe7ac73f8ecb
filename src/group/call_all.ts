/** Makes every call, whatever the others come to; then throws the first error. */
export function callAll(calls: Iterable<() => void>): void {
  const errors: unknown[] = [];
  for (const call of calls) {
    try {
      call();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
}
