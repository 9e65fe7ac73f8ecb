// The tests that run on macOS: on the simulated one, and, none of them so far, on a Mac.

const LOCKS = ["mutex", "semaphore", "condition", "death"].map((name) =>
  `tests/sync/${name}_test.ts`
);

// Left out is what has another kernel's objects for its subject: cgroups (group/birth, first, locate, refused,
// unprivileged, vanishing), threads that have numbers as processes do (process/thread), kernels of old (old_kernel),
// limits of a process, which nobody else may set there (scarce). Of locks, those that fail Linux's own calls (sync/inject)
// or want more queues than Linux has for one user (sync/threads). And of Mach ports there are none; `deno task test`
// has them simulated.
/** Those of most areas that run on the simulated system. */
export const SUITES: readonly string[] = [
  "tests/darwin/beginning_test.ts",
  "tests/darwin/child_test.ts",
  "tests/darwin/group_test.ts",
  "tests/darwin/process_test.ts",
  "tests/darwin/sync_test.ts",
  "tests/darwin/sysv_test.ts",
  "tests/process/stop_request_test.ts",
  "tests/child",
  "tests/command",
  "tests/daemon",
  "tests/group/asked_test.ts",
  "tests/group/group_test.ts",
  "tests/group/limits_test.ts",
  "tests/group/owner_death_test.ts",
  "tests/group/signals_test.ts",
  "tests/guardian",
  ...["alive", "ci", "identify", "permissions", "signal", "stop", "wait", "which"]
    .map((name) => `tests/process/${name}_test.ts`),
  "tests/ready",
  ...["bad_input", "isolates", "memory", "random"].map((name) => `tests/sync/${name}_test.ts`),
  ...LOCKS,
  "tests/testing",
];

// `help` compiles a program, which is Linux's here.
/** Those of the `procref` command. */
export const COMMAND: readonly string[] = [
  "daemon",
  "exit_code",
  "file",
  "jsr",
  "lock",
  "look",
  "npm",
  "run",
  "schema",
  "signals",
  "with",
].map((name) => `tests/cli/${name}_test.ts`);

// Left out: those that count the files of a service, of which a FIFO is one here (names, record), name Linux's calls
// in errors (directory), look at how many wait in the kernel (ipcrm), or leave no descriptor, of which macOS's own
// library needs none where this one does (errors, shortage).
/** Those of services. */
export const SERVICES: readonly string[] = [
  "callbacks_check",
  "callbacks_nested",
  "callbacks_start",
  "callbacks_stop",
  "command_options",
  "command_ready",
  "command_service",
  "command_stop",
  "encoding",
  "first_calls",
  "flags",
  "kill",
  "launched",
  "life",
  "linger",
  "machine",
  "module",
  "race",
  "status",
  "token",
  "waits",
].map((name) => `tests/service/${name}_test.ts`);

/** The tests of what is done in another way before macOS 14.4. */
export const OLDER: readonly string[] = ["tests/darwin/sync_test.ts", ...LOCKS];

/** All that a Mac is asked. */
export const MAC: readonly string[] = [
  "tests/abi",
  "tests/darwin",
  ...[...SUITES, ...COMMAND, ...SERVICES].filter((one) => !one.startsWith("tests/darwin/")),
];
