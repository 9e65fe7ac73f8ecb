// The test suites of both runtimes, counted by the reports that the runners write.

import { BUN, DENO, run, type Step } from "./steps.ts";

/** What a suite came to. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
}

/** A run of tests. */
export interface Suite {
  readonly title: string;
  readonly env?: Step["env"];
  /** The command, given where its JUnit report is to go. */
  command(report: string): Step["command"];
}

/** The suites over some folders of the tests. */
export function suites(folders: readonly string[]): Suite[] {
  return [
    {
      title: "deno test",
      command: (report) => [DENO, "test", "-A", "--no-check", `--junit-path=${report}`, ...folders],
    },
    {
      title: "bun test",
      command: (
        report,
      ) => [BUN, "test", "--reporter=junit", `--reporter-outfile=${report}`, ...folders],
    },
  ];
}

/** The examples in the documentation; Deno alone knows how to run them. */
export const DOCS: Suite = {
  title: "deno test --doc",
  command: (report) => [DENO, "test", "--doc", "-A", `--junit-path=${report}`, "mod.ts", "src"],
};

/** Runs a suite and counts. One that ends without a report counts as one failure. */
export async function tally({ title, env = {}, command }: Suite, show: boolean): Promise<Tally> {
  const report = await Deno.makeTempFile({ suffix: ".xml" });
  try {
    const success = await run({ title, env, command: command(report) }, show);
    const { passed, failed } = count(await Deno.readTextFile(report));
    return { passed, failed: success ? failed : Math.max(1, failed) };
  } finally {
    await Deno.remove(report);
  }
}

function count(xml: string): Tally {
  const cases = [...xml.matchAll(/<testcase\b[^>]*?(\/>|>([\s\S]*?)<\/testcase>)/g)];
  const bodies = cases.map(([, , body = ""]) => body);
  const skipped = bodies.filter((body) => body.includes("<skipped")).length;
  const failed = bodies.filter((body) => /<(failure|error)\b/.test(body)).length;
  return { passed: cases.length - skipped - failed, failed };
}

/** The line that closes a run. */
export function closing(tallies: readonly Tally[]): string {
  const sum = (pick: (one: Tally) => number) => tallies.reduce((all, one) => all + pick(one), 0);
  return `${sum(({ passed }) => passed)} passed, ${sum(({ failed }) => failed)} failed`;
}
