import { hostContainment } from "../../group/mod.ts";
import { hostReport } from "../../service/host_report.ts";
import { noNames } from "../arguments.ts";
import { EXIT } from "../exit_codes.ts";
import { type Cell, table } from "../output/table.ts";
import { print, printJson } from "../output/write.ts";
import type { Arguments, Verb } from "../verb.ts";
import { VERSION } from "../version.ts";

const verb: Verb = {
  name: "doctor",
  usage: "[OPTIONS]",
  summary: "Show what this host offers, by which mechanism, and why not",
  description: `Looks at the host and changes nothing. Exits with 1 if any feature is missing.

With --json: { version, platform, runtime, features: [{ feature, available, mechanism, reason? }],
containment: { mechanism, limits: { memory, processes, cpu }, reason? } }.`,
  options: [],
  examples: ["procref doctor", "procref doctor --json"],
  command: "none",
  run,
};
export default verb;

// deno-lint-ignore require-await
async function run(args: Arguments): Promise<number> {
  noNames(args);
  const host = hostReport();
  const containment = hostContainment();
  const healthy = host.features.every(({ available }) => available);
  if (args.has("json")) printJson({ version: VERSION, ...host, containment });
  else {
    print(`procref ${VERSION} on ${host.platform}, ${host.runtime}`);
    const { limits, mechanism, reason } = containment;
    const rows: Cell[][] = [
      ["", "FEATURE", "BY", "WHY NOT"],
      ...host.features.map(({ feature, available, mechanism, reason = "" }) => [
        mark(available),
        feature,
        mechanism,
        reason,
      ]),
      [
        mark(mechanism !== "none"),
        "process trees, here",
        mechanism,
        mechanism === "none" ? reason ?? "" : "",
      ],
      ...(["memory", "processes", "cpu"] as const).map((name) => [
        mark(limits[name]),
        `limit of ${name}`,
        mechanism,
        limits[name] ? "" : about(CONTROLLERS[name], reason ?? ""),
      ]),
    ];
    for (const line of table(rows)) print(line);
  }
  return healthy ? EXIT.ok : EXIT.failed;
}

/** The controllers of cgroup v2 that enforce the limits. */
const CONTROLLERS = { memory: "memory", processes: "pids", cpu: "cpu" } as const;

/** What a list of reasons says about one controller; all of it, if it names none. */
function about(controller: string, reasons: string): string {
  return reasons.split("; ").find((reason) => reason.startsWith(`${controller} `)) ?? reasons;
}

function mark(available: boolean): Cell {
  return available ? { text: "yes", colour: "good" } : { text: "no", colour: "bad" };
}
