import { sleep } from "../../wait.ts";
import { EXIT } from "../exit_codes.ts";
import { Interrupted, Signals } from "../job/signals.ts";
import { isTerminal, rows } from "../output/terminal.ts";
import { table } from "../output/table.ts";
import { isRead, print, printJson, raw } from "../output/write.ts";
import { HEADING, lookAt, row, type Seen } from "../services/look.ts";
import { type Place, PLACE_OPTIONS, placeOf } from "../services/named.ts";
import type { Arguments, Verb } from "../verb.ts";
import { everything } from "./list.ts";

const verb: Verb = {
  name: "status",
  usage: "[NAME...] [OPTIONS]",
  summary: "Look at services without touching them",
  description: `Shows each named service, or all. Exits with 3 if one of those named does not run.

With --watch the table is live until Ctrl-C; where standard output is no terminal, a new table is
printed at each change, as long as somebody reads it. With --json: one object for one NAME, else an
array, shaped as in \`procref list --help\`; with --watch one line at each change.`,
  options: [
    { name: "watch", description: "Go on showing changes" },
    ...PLACE_OPTIONS,
  ],
  examples: ["procref status pg", "procref status --watch", "procref status pg --json | jq .count"],
  completes: "services",
  command: "none",
  run,
};
export default verb;

const EVERY = 250; // ms; no event tells of another process's service

async function run(args: Arguments): Promise<number> {
  const place = placeOf(args);
  if (args.has("watch")) return await watch(args, place);
  const all = await look(args.names, place);
  show(args, all);
  const allRun = all.every(({ state }) => state === "running");
  return args.names.length === 0 || allRun ? EXIT.ok : EXIT.absent;
}

async function look(names: readonly string[], place: Place): Promise<Seen[]> {
  if (names.length === 0) return await everything(place);
  return await Promise.all(names.map(async (name) => {
    const { address: _, ...seen } = await lookAt(name, place);
    return seen;
  }));
}

/** What `--json` prints: one object for one name. */
function jsonOf({ names }: Arguments, all: readonly Seen[]): unknown {
  return names.length === 1 ? all[0] : all;
}

function show(args: Arguments, all: readonly Seen[]): void {
  const [one] = all;
  if (args.has("json")) printJson(jsonOf(args, all));
  else if (args.names.length === 1 && one !== undefined) details(one);
  else for (const line of table([HEADING, ...all.map(row)])) print(line);
}

function details(one: Seen): void {
  const cells = row(one);
  const main = HEADING.map((name, index) => [name.toLowerCase(), cells[index] ?? ""]);
  const more = [
    ["generation", `${one.generation ?? "-"}`],
    ["guardian", `${one.guardian?.pid ?? "-"}`],
    ["clients'", one.holders.map(({ pid }) => pid).join(" ") || "-"],
    ...Object.entries(one.info?.metadata ?? {}),
  ];
  more[2]?.splice(0, 1, "held by");
  for (const line of table([["", ""], ...main, ...more]).slice(1)) print(line);
}

async function watch(args: Arguments, place: Place): Promise<number> {
  using signals = new Signals();
  const live = isTerminal(1) && !args.has("json");
  let before = "";
  let height = 0;
  try {
    while (isRead()) {
      const all = await look(args.names, place);
      const now = JSON.stringify(jsonOf(args, all));
      if (live) height = redraw(table([HEADING, ...all.map(row)]), height);
      else if (now !== before && args.has("json")) print(now);
      else if (now !== before) {
        for (const line of table([HEADING, ...all.map(row)])) print(line);
      }
      before = now;
      await sleep(EVERY, signals.given);
    }
    return EXIT.ok;
  } catch (error) {
    if (error instanceof Interrupted) return error.signal === "SIGINT" ? EXIT.ok : error.exitCode;
    throw error;
  }
}

/** Writes lines over those written before (ECMA-48: CPL, ED). @returns Their number. */
function redraw(lines: readonly string[], height: number): number {
  const up = height === 0 ? "" : `\x1b[${height}F\x1b[J`;
  const shown = lines.slice(0, rows() - 1);
  raw(`${up}${shown.join("\n")}\n`, 1);
  return shown.length;
}
