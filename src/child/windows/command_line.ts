// "cmd /?": with /s the first and the last quote go, and what is between them is the line as it stands.
const SHELL = /(^|[\\/])cmd(\.exe)?$/i;

/**
 * One text for all arguments, which the program splits again by the rules of Microsoft's C runtime ("Parsing C
 * Command-Line Arguments"): quotes around what holds spaces; backslashes count only before a quote. A line for
 * cmd.exe, after `/s /c`, is left as it is.
 */
export function commandLine(args: readonly string[]): string {
  const [line = "", ...before] = args.toReversed();
  const isLine = SHELL.test(args[0] ?? "") && before[0] === "/c" && before[1] === "/s";
  return isLine ? `${commandLine(before.reverse())} "${line}"` : args.map(quoted).join(" ");
}

function quoted(arg: string): string {
  if (arg !== "" && !/[\s"]/.test(arg)) return arg;
  const escaped = arg
    .replace(/(\\*)"/g, (_, backslashes: string) => `${backslashes}${backslashes}\\"`)
    .replace(/\\+$/, (backslashes) => backslashes + backslashes);
  return `"${escaped}"`;
}

/** The words of a command line, by the same rules. In the first one, the program's, a backslash is only that. */
export function splitCommandLine(line: string): string[] {
  const [program = ""] = /^(?:"[^"]*"?|[^\s"])*/.exec(line) ?? [];
  const words = [program.replaceAll('"', "")];
  let word: string | undefined;
  let quoted = false;
  // Backslashes and a quote, or one character.
  const parts = line.slice(program.length).match(/\\*"|[^]/g) ?? [];
  for (let index = 0; index < parts.length; index++) {
    const part = parts[index] ?? "";
    if (!quoted && /\s/.test(part)) {
      if (word !== undefined) words.push(word);
      word = undefined;
      continue;
    }
    word ??= "";
    if (!part.endsWith('"')) {
      word += part;
      continue;
    }
    const backslashes = part.length - 1;
    word += "\\".repeat(backslashes >> 1);
    if (backslashes % 2 === 1) word += '"';
    else if (quoted && parts[index + 1] === '"') {
      // Two inside of quotes are one.
      word += '"';
      index++;
    } else quoted = !quoted;
  }
  return word === undefined ? words : [...words, word];
}

/** An environment block: `NAME=value` with a NUL each, sorted without regard to case, and one more NUL. */
export function environmentBlock(variables: Readonly<Record<string, string>>): string {
  const entries = Object.entries(variables).map(([name, value]) => `${name}=${value}\0`);
  const sorted = entries.sort((a, b) => a.toUpperCase() < b.toUpperCase() ? -1 : 1);
  // An empty block has two NULs as well.
  return sorted.length === 0 ? "\0\0" : `${sorted.join("")}\0`;
}

/** Variables put over others; names are the same in either case, and the last one counts. */
export function overlaid(
  below: Readonly<Record<string, string>>,
  above: Readonly<Record<string, string>>,
): Record<string, string> {
  const all = [...Object.entries(below), ...Object.entries(above)];
  const byName = new Map(all.map((entry) => [entry[0].toUpperCase(), entry]));
  return Object.fromEntries(byName.values());
}
