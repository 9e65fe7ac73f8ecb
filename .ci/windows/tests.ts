/** The tests that run on Windows, in the order of their areas. */
export const TESTS: readonly string[] = [
  "tests/windows/ffi_test.ts",
  "tests/windows/process_test.ts",
  "tests/windows/which_test.ts",
  "tests/windows/names_test.ts",
  "tests/windows/counter_test.ts",
  "tests/windows/child_test.ts",
  "tests/windows/group_test.ts",
  "tests/windows/sync_test.ts",
  "tests/sync/memory_test.ts",
  "tests/sync/mutex_test.ts",
  "tests/sync/semaphore_test.ts",
  "tests/sync/condition_test.ts",
  "tests/sync/threads_test.ts",
  "tests/sync/random_test.ts",
  "tests/sync/death_test.ts",
  "tests/service/machine_test.ts",
];
