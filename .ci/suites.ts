// The test suites of both runtimes, counted by the reports that the runners write.

import { type Case, cases } from "./junit.ts";
import { BUN, DENO, run, type Step } from "./steps.ts";

/** What a suite came to. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
}

/** A run of tests. */
export interface Suite {
  readonly title: string;
  /** What stands in the environment beside what always does. */
  readonly env?: Step["env"];
  /** Seconds until it is ended. */
  readonly limit?: Step["limit"];
  /** What is done before it runs once more. */
  readonly renew?: () => Promise<void>;
  /** The command, given where its JUnit report is to go and, if not all, which tests are meant. */
  command(report: string, only?: RegExp): Step["command"];
}

/** The suites over some folders of the tests. */
export function suites(folders: readonly string[]): Suite[] {
  return [
    {
      title: "deno test",
      command: (report, only) => [
        DENO,
        ...["test", "-A", "--no-check", `--junit-path=${report}`],
        ...denoFilter(only),
        ...folders,
      ],
    },
    {
      title: "bun test",
      command: (report, only) => [
        BUN,
        ...["test", "--reporter=junit", `--reporter-outfile=${report}`],
        ...(only === undefined ? [] : ["-t", only.source]),
        ...folders,
      ],
    },
  ];
}

/** The examples in the documentation; Deno alone knows how to run them. */
export const DOCS: Suite = {
  title: "deno test --doc",
  command: (report, only) => [
    DENO,
    ...["test", "--doc", "-A", `--junit-path=${report}`],
    ...denoFilter(only),
    ...["mod.ts", "ffi/errors.ts", "src"],
  ],
};

function denoFilter(only: RegExp | undefined): string[] {
  return only === undefined ? [] : [`--filter=${only}`];
}

/**
 * Runs a suite and counts. One that ends without a report counts as one failure.
 *
 * The tests that failed run once more, by themselves, or all if the runner fell over. What passes then is counted as passed and named as what
 * needed two runs: so a crowded machine is told from a mistake, and neither is hidden.
 */
export async function tally(suite: Suite, show: boolean): Promise<Tally> {
  const first = await attempt(suite, show);
  if (first.success) return { passed: first.passed.length, failed: 0 };
  const only = first.failed.length > 0 ? first.failed : undefined;
  await suite.renew?.();
  const again = await attempt({ ...suite, title: `${suite.title}, once more` }, show, only);
  const passed = only === undefined ? again.passed.length : first.passed.length;
  if (!again.success) return { passed, failed: Math.max(1, again.failed.length) };
  for (const name of only?.map(({ name }) => name) ?? ["the runner itself"]) {
    console.log(`needed two runs: ${name}`);
  }
  return { passed: passed + (only?.length ?? 0), failed: 0 };
}

async function attempt(suite: Suite, show: boolean, only?: readonly Case[]) {
  const { title, env = {}, limit, command } = suite;
  const report = await Deno.makeTempFile({ suffix: ".xml" });
  try {
    const step = { title, env, limit, command: command(report, only && pattern(only)) };
    const ran = await run(step, show);
    const all = cases(await Deno.readTextFile(report));
    const failed = all.filter(({ failure }) => failure !== undefined);
    for (const { name, failure } of failed) console.log(`  failed: ${name}\n${failure}`);
    if (!ran.success && failed.length === 0) console.log(ran.told);
    return { success: ran.success, passed: all.filter((one) => !failed.includes(one)), failed };
  } finally {
    await Deno.remove(report);
  }
}

function pattern(tests: readonly Case[]): RegExp {
  const names = new Set(tests.map(({ name }) => name.replace(/[^\p{L}\p{N} _-]/gu, ".")));
  return new RegExp(`^(${[...names].join("|")})$`);
}

/** The line that closes a run. */
export function closing(tallies: readonly Tally[]): string {
  const sum = (pick: (one: Tally) => number) => tallies.reduce((all, one) => all + pick(one), 0);
  return `${sum(({ passed }) => passed)} passed, ${sum(({ failed }) => failed)} failed`;
}
