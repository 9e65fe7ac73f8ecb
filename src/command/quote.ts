// What a POSIX shell takes as it stands; everything else goes into single quotes ("Quoting" in the Shell Command
// Language of POSIX).
const PLAIN = /^[A-Za-z0-9_@%+:,./-][A-Za-z0-9_@%+=:,./-]*$/;

/** A command as a shell would take it: pasted into one, it starts the same program with the same arguments. */
export function shellQuoted(words: readonly string[]): string {
  return words.map((word) => PLAIN.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)
    .join(" ");
}
