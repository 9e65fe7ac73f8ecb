const PERMISSION = /^(-[ARWNESIP]+(=|$)|--permission-set|--(allow|deny|ignore)-)/;
const CONFIGURATION = /^(-c$|--(config|import-map|unstable|cert|node-modules-dir|vendor))/;
const WITH_VALUE = /^(-c|--(config|import-map|cert|lock|env-file|reload|ext|seed|v8-flags))$/;
const SUBCOMMAND = /^(run|test|bench|serve|watch)$/;

/**
 * Deno's flags for a guardian that runs a module's `onLastRelease`: what the client was allowed on its command line.
 *
 * @param words The client's command line.
 */
export function permissionFlags(words: readonly string[]): string[] {
  const flags = ownFlags(words);
  // Deno refuses --allow-all and --allow-ffi side by side.
  const everything = flags.some((flag) => /^(--allow-all$|-[RWNESIP]*A)/.test(flag));
  return everything || flags.includes("--allow-ffi") ? flags : ["--allow-ffi", ...flags];
}

/** The permission and configuration flags before the script; what comes after it is the script's own. */
function ownFlags(words: readonly string[]): string[] {
  const flags: string[] = [];
  let expectsValue = false;
  let passOn = false;
  for (const word of words.slice(1)) {
    const isFlag = word.startsWith("-");
    if (!isFlag && !expectsValue && !SUBCOMMAND.test(word)) break;
    if (isFlag) passOn = PERMISSION.test(word) || CONFIGURATION.test(word);
    if (passOn && (isFlag || expectsValue)) flags.push(word);
    expectsValue = isFlag && WITH_VALUE.test(word);
  }
  return flags;
}
