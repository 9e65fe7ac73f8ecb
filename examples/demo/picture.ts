// deno task picture: runs the demo and draws what it told, by its own clock, into docs/demo.svg.

import { line, picture, rectangle, text } from "../../bench/lib/svg.ts";

const TARGET = new URL("../../docs/demo.svg", import.meta.url);
const MAIN = new URL("./main.ts", import.meta.url);

/** What the demo says in one line. */
interface Event {
  readonly at: number;
  readonly who: string;
  readonly count: number;
  readonly what: string;
}

/** A process of the run. */
interface Lane {
  readonly who: string;
  readonly from: number;
  readonly to: number;
  readonly killed: boolean;
}

const LEFT = 150;
const RIGHT = 490;
const TOP = 84;
const STEP = 34;
const BAR = 20;
const STYLE = `<style>
  .server { fill: #1a7f37 } .killed { stroke: #cf222e; stroke-width: 2.5 } .red { fill: #cf222e }
  text.count { fill: #fff; font-weight: 600 } text.strong { fill: #24292f } text.small { font-size: 11px }
  @media (prefers-color-scheme: dark) {
    .server { fill: #238636 } .killed { stroke: #f85149 } .red { fill: #f85149 }
    text.strong { fill: #e6edf3 }
  }
</style>`;

const output = await demo();
await Deno.writeTextFile(TARGET, draw(events(output), leftBehind(output)));
// `deno fmt --check` looks at SVG too.
await new Deno.Command(Deno.execPath(), { args: ["fmt", "--quiet", TARGET.pathname] }).output();

async function demo(): Promise<string> {
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--allow-all", MAIN.pathname, "--slowly"],
    env: { NO_COLOR: "1" },
    stderr: "inherit",
  }).output();
  if (!success) throw new Error("The demo has failed");
  return new TextDecoder().decode(stdout);
}

function events(output: string): Event[] {
  const lines = output.matchAll(/^ +([\d.]+) s +(\w+ \d+) +[#.]+ (\d) +(.+)$/gm);
  return [...lines].map(([, at, who = "", count, what = ""]) => ({
    at: Number(at),
    who,
    count: Number(count),
    what,
  }));
}

/** The kinds of things of which nothing is left. */
function leftBehind(output: string): string[] {
  const [, list = ""] = output.split("Left behind:\n");
  const kinds = [...list.matchAll(/^ +(.+?) +none$/gm)].map(([, kind = ""]) => kind);
  if (kinds.length !== list.trim().split("\n").length) throw new Error(`Something stays:\n${list}`);
  return kinds;
}

function draw(events: readonly Event[], gone: readonly string[]): string {
  const begin = events[0]?.at ?? 0;
  const end = events.at(-1)?.at ?? 0;
  const x = (at: number) => LEFT + (at - begin) / (end - begin) * (RIGHT - LEFT);
  const y = (row: number) => TOP + row * STEP;
  const lanes = clients(events);
  const last = lanes.length + 1;
  const stop = events.at(-1)?.what.match(/\d+ ms/)?.[0] ?? "";
  const bottom = y(last) + BAR + 50;
  return picture("Five processes of two runtimes share one HTTP server", bottom + 18, [
    STYLE,
    text(
      16,
      48,
      "One run of deno task demo, to scale. The white numbers are the kernel's count.",
    ),
    text(LEFT - 10, y(0) + 15, "the server", { anchor: "end", style: "strong" }),
    rectangle(x(begin), y(0), x(end) - x(begin), BAR, "server"),
    ...counts(events).map(({ at, count }) =>
      text(x(at) + 5, y(0) + 15, `${count}`, { style: "count" })
    ),
    text(x(end) + 12, y(0) + 15, `stopped ${stop} after the kill -9`, { style: "strong" }),
    ...lanes.flatMap((lane, index) =>
      drawLane(lane, y(index + 1), x, { first: index === 0, last: index === lanes.length - 1 })
    ),
    text(LEFT - 10, y(last) + 15, "guardian", { anchor: "end" }),
    rectangle(x(begin), y(last) + 8, x(end) - x(begin), 4, "quiet"),
    text(x(end) + 12, y(last) + 15, "sleeps, then stops the server"),
    text(x(begin), y(last) + 36, "0 s", { style: "small" }),
    text(x(end), y(last) + 36, `${(end - begin).toFixed(1)} s`, { anchor: "end", style: "small" }),
    text(16, bottom, `Left behind: no ${gone.join(", no ")}.`, { style: "strong" }),
  ]);
}

function clients(events: readonly Event[]): Lane[] {
  return events.filter(({ what }) => what.startsWith("comes")).map(({ at, who }) => {
    const end = events.find((one) => one.who === who && !one.what.startsWith("comes"));
    return { who, from: at, to: end?.at ?? at, killed: end?.what.startsWith("kill") ?? false };
  });
}

/** Where the count changes. The last client's end and the server's are one. */
function counts(events: readonly Event[]): Event[] {
  return events.filter(({ count }, index) => count > 0 && count !== events[index - 1]?.count);
}

function drawLane(
  { who, from, to, killed }: Lane,
  y: number,
  x: (at: number) => number,
  { first, last }: { first: boolean; last: boolean },
): string[] {
  const end = x(to);
  const how = killed ? "kill -9" : "leaves";
  const words = `${how}${first ? "; the server stays" : ""}${last ? " of the last one" : ""}`;
  return [
    text(LEFT - 10, y + 15, who, { anchor: "end" }),
    rectangle(x(from), y, end - x(from), BAR, "main"),
    ...(first ? [text(x(from) + 8, y + 15, "starts the server", { style: "count" })] : []),
    ...(killed
      ? [
        line(end - 6, y + 4, end + 6, y + 16, "killed"),
        line(end - 6, y + 16, end + 6, y + 4, "killed"),
      ]
      : []),
    text(end + 12, y + 15, words, { style: killed ? "red" : "" }),
  ];
}
