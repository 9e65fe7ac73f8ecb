import { COMMON } from "./arguments.ts";
import { colour } from "./output/terminal.ts";
import type { Verb } from "./verb.ts";
import { VERBS } from "./verbs/all.ts";

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}

const heading = (text: string) => colour(text, "bold");

/** What `procref --help` prints. */
export function mainHelp(): string {
  return [
    "procref: one service, one lock, one process tree for many processes; the kernel counts",
    "",
    `${heading("Usage:")} procref VERB [ARGUMENTS]`,
    "",
    ...columns(VERBS.map(({ name, summary }) => [name, summary])),
    "",
    ...columns([["VERB --help", "What a verb takes, with examples"], ["--version", "The version"]]),
    "",
    heading("Examples:"),
    "  procref with web --start \"python3 -m http.server -b 127.0.0.1 {port}\" --port free -- sh -c 'curl -s localhost:$PORT'",
    "  procref with pg redis -- bun test     # services from procref.json",
    "  procref lock nightly -- ./backup.sh",
    "  procref run --timeout 10m -- make test",
    "",
    heading("Without installing:"),
    "  deno run -A jsr:@procref/procref/cli VERB ...",
    heading("Installed:"),
    "  deno install -gA -n procref jsr:@procref/procref/cli",
  ].join("\n");
}

/** What `procref VERB --help` prints. */
export function verbHelp({ name, usage, summary, description, options, examples }: Verb): string {
  const rows = [...options, ...COMMON].map(({ name, value, description }) =>
    [`--${name}${value === undefined ? "" : ` ${value}`}`, description] as const
  );
  return [
    summary,
    "",
    `${heading("Usage:")} procref ${name} ${usage}`,
    "",
    description,
    "",
    heading("Options:"),
    ...columns(rows),
    "",
    heading("Examples:"),
    ...examples.map((example) => `  ${example}`),
    "",
    "TIME is in milliseconds, or has a unit: 500ms, 30s, 5m, 1h.",
  ].join("\n");
}
