import { COMMON, nameOf } from "../arguments.ts";
import { EXIT } from "../exit_codes.ts";
import { print } from "../output/write.ts";
import { type Arguments, UsageError, type Verb } from "../verb.ts";
import { VERBS } from "./all.ts";

const SHELLS = { bash, zsh, fish } as const;

const verb: Verb = {
  name: "completions",
  usage: "bash|zsh|fish",
  summary: "Print completions for a shell",
  description:
    "Prints a script that completes verbs, options, their values, and names of services.",
  options: [],
  examples: [
    "source <(procref completions bash)",
    'procref completions zsh >"${fpath[1]}/_procref"',
    "procref completions fish >~/.config/fish/completions/procref.fish",
  ],
  completes: Object.keys(SHELLS),
  command: "none",
  run,
};
export default verb;

async function run(args: Arguments): Promise<number> {
  const shell = nameOf(args, "a shell");
  if (!Object.hasOwn(SHELLS, shell)) {
    throw new UsageError(`bash, zsh or fish is expected: ${shell}`);
  }
  const verbs = await Promise.all(VERBS.map((entry) => entry.load()));
  print(SHELLS[shell as keyof typeof SHELLS](verbs));
  return EXIT.ok;
}

const NAMES = "procref list --names 2>/dev/null";

const optionsOf = ({ options }: Verb) => [...options, ...COMMON];
const words = (verb: Verb) => optionsOf(verb).map(({ name }) => `--${name}`).join(" ");

function bash(verbs: readonly Verb[]): string {
  const cases = verbs.map((verb) => {
    const names = verb.completes === "services" ? `$(${NAMES})` : (verb.completes ?? []).join(" ");
    return `    ${verb.name}) options="${words(verb)}" names="${names}" ;;`;
  });
  const choices = verbs.flatMap((verb) =>
    verb.options.flatMap(({ name, choices }) =>
      choices === undefined ? [] : [`    ${verb.name}:--${name}) names="${choices.join(" ")}" ;;`]
    )
  );
  const files = "config|directory|cwd|log";
  return `# Completions of procref for bash.
_procref() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} verb=\${COMP_WORDS[1]}
  local options= names= index
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${
    verbs.map(({ name }) => name).join(" ")
  } --help --version" -- "$word"))
    return
  fi
  for ((index = 2; index < COMP_CWORD; index++)); do
    if [ "\${COMP_WORDS[index]}" = -- ]; then
      # A command of its own: its name, then files.
      if [ "$index" -eq $((COMP_CWORD - 1)) ]; then COMPREPLY=($(compgen -c -- "$word"))
      else COMPREPLY=($(compgen -f -- "$word")); fi
      return
    fi
  done
  if [[ $before =~ ^--(${files})$ ]]; then COMPREPLY=($(compgen -f -- "$word")); return; fi
  case $verb in
${cases.join("\n")}
  esac
  case $verb:$before in
${choices.join("\n")}
  esac
  case $word in
    -*) COMPREPLY=($(compgen -W "$options" -- "$word")) ;;
    *) COMPREPLY=($(compgen -W "$names" -- "$word")) ;;
  esac
}
complete -o filenames -F _procref procref`;
}

/** Text for a description in single quotes, without what zsh would take for itself. */
const plain = (text: string) => text.replaceAll(/[[\]:'\\]/g, " ");

function zsh(verbs: readonly Verb[]): string {
  const cases = verbs.map((verb) => {
    const options = optionsOf(verb).map(({ name, value, description, choices }) => {
      const argument = value === undefined
        ? ""
        : `:${plain(value)}:${choices === undefined ? "_files" : `(${choices.join(" ")})`}`;
      return `        '--${name}[${plain(description)}]${argument}'`;
    });
    const names = verb.completes === "services"
      ? ["        '*:service:_procref_services'"]
      : verb.completes === undefined
      ? []
      : [`        '1:${verb.name}:(${verb.completes.join(" ")})'`];
    return `    ${verb.name})\n      _arguments \\\n${
      [...options, ...names].join(" \\\n")
    }\n      ;;`;
  });
  const summaries = verbs.map(({ name, summary }) => `    '${name}:${plain(summary)}'`);
  return `#compdef procref
# Completions of procref for zsh.
_procref_services() {
  local -a names
  names=(\${(f)"$(${NAMES})"})
  compadd -a names
}
_procref() {
  local -a verbs
  verbs=(
${summaries.join("\n")}
  )
  if (( CURRENT == 2 )); then
    _describe verb verbs
    return
  fi
  local dashes=\${words[(i)--]}
  if (( dashes < CURRENT )); then
    shift dashes words
    (( CURRENT -= dashes ))
    _normal
    return
  fi
  local verb=$words[2]
  shift words
  (( CURRENT-- ))
  case $verb in
${cases.join("\n")}
  esac
}
compdef _procref procref`;
}

function fish(verbs: readonly Verb[]): string {
  const quoted = (text: string) => `'${text.replaceAll(/['\\]/g, "\\$&")}'`;
  const lines = verbs.flatMap((verb) => {
    const inside =
      `-n '__fish_seen_subcommand_from ${verb.name}; and not contains -- -- (commandline -opc)'`;
    const options = optionsOf(verb).map(({ name, value, description, choices }) => {
      const argument = value === undefined
        ? ""
        : choices === undefined
        ? " -r"
        : ` -x -a ${quoted(choices.join(" "))}`;
      return `complete -c procref ${inside} -l ${name}${argument} -d ${quoted(description)}`;
    });
    const names = verb.completes === "services"
      ? [`complete -c procref ${inside} -f -a '(${NAMES})'`]
      : verb.completes === undefined
      ? []
      : [`complete -c procref ${inside} -f -a ${quoted(verb.completes.join(" "))}`];
    return [
      `complete -c procref -n __fish_use_subcommand -f -a ${verb.name} -d ${quoted(verb.summary)}`,
      ...options,
      ...names,
    ];
  });
  return [
    "# Completions of procref for fish.",
    ...lines,
    "complete -c procref -n 'contains -- -- (commandline -opc)' -f -a '(__fish_complete_subcommand --fcs-skip=(math (contains -i -- -- (commandline -opc))))'",
  ].join("\n");
}
