// Makes the README's tables of platforms from src/platforms.ts. `--check` only compares.

import { FEATURES, type Host, HOSTS, MECHANISMS } from "../src/platforms.ts";

const FILE = "README.md";
const BEGIN = "<!-- made by `deno task platforms` -->";
const END = "<!-- end of what is made -->";
const NONE = "-";

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function evidence({ platform, evidence, except = {} }: Host, feature: typeof FEATURES[number]) {
  return MECHANISMS[platform][feature] === undefined ? NONE : except[feature] ?? evidence;
}

const systems = [["Linux", "linux"], ["macOS", "darwin"], ["Windows", "windows"]] as const;
const mechanisms = table(
  ["by which mechanism", ...systems.map(([name]) => name)],
  FEATURES.map((feature) => [
    feature,
    ...systems.map(([, platform]) => MECHANISMS[platform][feature] ?? NONE),
  ]),
);
const shown = table(
  ["what shows it", ...HOSTS.map(({ name }) => name)],
  FEATURES.map((feature) => [feature, ...HOSTS.map((host) => evidence(host, feature))]),
);

/** Laid out as `deno fmt` would. */
async function formatted(markdown: string): Promise<string> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--ext=md", "-"],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(markdown));
  await writer.close();
  return new TextDecoder().decode((await child.output()).stdout);
}

const text = await Deno.readTextFile(FILE);
const [before, rest] = text.split(BEGIN);
const after = rest?.split(END)[1];
if (before === undefined || after === undefined) throw new Error(`${FILE} has no place for them`);
const made = await formatted(
  `${before}${BEGIN}\n\n${mechanisms}\n\n${shown}\n\n${END}${after}`,
);

if (!Deno.args.includes("--check")) await Deno.writeTextFile(FILE, made);
else if (made !== text) {
  console.error(`${FILE} is out of date: run \`deno task platforms\``);
  Deno.exit(1);
}
