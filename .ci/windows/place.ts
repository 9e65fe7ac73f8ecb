// Where Wine and the two Windows programs are kept: outside the tree, for all checkouts of this user.

import { join } from "@std/path";

function base(): string {
  const chosen = Deno.env.get("XDG_CACHE_HOME");
  return chosen ? chosen : join(Deno.env.get("HOME") ?? "/tmp", ".cache");
}

/** The folder of everything that this task installs; `PROCREF_WINDOWS` names another. */
export const PLACE: string = Deno.env.get("PROCREF_WINDOWS") ?? join(base(), "procref-windows");

/** True where something was installed to its end. */
export async function isReady(folder: string): Promise<boolean> {
  return await Deno.stat(join(folder, "ready")).then(() => true, () => false);
}

/** Makes a folder from nothing by `install`, and marks it when all went well. */
export async function installOnce(
  folder: string,
  install: (folder: string) => Promise<void>,
): Promise<void> {
  if (await isReady(folder)) return;
  console.log(`Installing ${folder}`);
  await Deno.remove(folder, { recursive: true }).catch(() => {});
  await Deno.mkdir(folder, { recursive: true });
  await install(folder);
  await Deno.writeTextFile(join(folder, "ready"), "");
}

/** Runs a command to its end, with its output shown only when it fails. */
export async function call(
  program: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Record<string, string> } = {},
): Promise<string> {
  const child = new Deno.Command(program, { args: [...args], stdin: "null", ...options });
  const { success, stdout, stderr } = await child.output();
  const [told, said] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  if (!success) throw new Error(`${program} ${args.join(" ")} failed:\n${told}${said}`);
  return told ?? "";
}
