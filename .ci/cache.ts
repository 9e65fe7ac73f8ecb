/** Where large things are kept that checks need and the tree does not: `$XDG_CACHE_HOME/procref/NAME`. */
export function cacheFolder(name: string): string {
  const cache = Deno.env.get("XDG_CACHE_HOME") ?? `${Deno.env.get("HOME") ?? "/tmp"}/.cache`;
  return `${cache}/procref/${name}`;
}

/** Runs a command in a folder; its output is shown only if it fails. @throws {Error} */
export async function mustRun(command: readonly string[], folder: string): Promise<string> {
  const [program = "", ...args] = command;
  const { success, stdout, stderr } = await new Deno.Command(program, {
    args,
    cwd: folder,
    stdin: "null",
  }).output();
  const text = new TextDecoder().decode(stdout);
  if (success) return text;
  throw new Error(`${command.join(" ")}: ${text}${new TextDecoder().decode(stderr)}`);
}
