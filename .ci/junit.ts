// Reading the JUnit reports that both test runners write.

/** One test of a report. */
export interface Case {
  readonly name: string;
  /** What went wrong, in its first words; undefined when the test passed. */
  readonly failure: string | undefined;
}

const WORDS = 700;

/** The tests of a report that ran, passed or not; those that were skipped are left out. */
export function cases(xml: string): Case[] {
  const found = xml.matchAll(/<testcase\b([^>]*?)(?:\/>|>([\s\S]*?)<\/testcase>)/g);
  return [...found].filter(([, , body = ""]) => !body.includes("<skipped"))
    .map(([, attributes = "", body = ""]) => ({
      name: plain(/\bname="([^"]*)"/.exec(attributes)?.[1] ?? ""),
      failure: failure(body),
    }));
}

function failure(body: string): string | undefined {
  const [, attributes = "", text = ""] =
    /<(?:failure|error)\b([^>]*?)(?:\/>|>([\s\S]*?)<\/(?:failure|error)>)/.exec(body) ?? [];
  if (!/<(failure|error)\b/.test(body)) return undefined;
  const message = plain(text) || plain(/\bmessage="([^"]*)"/.exec(attributes)?.[1] ?? "");
  return message.replace(/\n\s*\n+/g, "\n").slice(0, WORDS);
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&apos;": "'",
  "&#10;": "\n",
  "&amp;": "&",
};

function plain(text: string): string {
  return text.replace(/&(?:lt|gt|quot|apos|#10|amp);/g, (entity) => ENTITIES[entity] ?? entity);
}
