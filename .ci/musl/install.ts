// Bun's build for musl, Debian's musl, and a libstdc++ that both get along with: installed at the first use, outside the
// tree, 110 MB.

import { cacheFolder, mustRun } from "../cache.ts";

const BUN = "@oven/bun-linux-x64-musl@1.4.4";
const SHIM = new URL("./shim.c", import.meta.url).pathname;

/** Where it is. */
export interface Musl {
  readonly bun: string;
  readonly loader: string;
  readonly libstdcxx: string;
}

/** Installs what is missing. @throws {Error} This host has not what it takes. */
export async function installMusl(): Promise<Musl> {
  const folder = cacheFolder("musl");
  const musl: Musl = {
    bun: `${folder}/package/bin/bun`,
    loader: `${folder}/root/lib/x86_64-linux-musl/libc.so`,
    libstdcxx: `${folder}/libstdc++.so.6`,
  };
  if (await exists(musl.libstdcxx)) return musl;
  console.log(`Installing ${BUN} and musl in ${folder}`);
  await Deno.mkdir(folder, { recursive: true });
  const archive = (await mustRun(["npm", "pack", "--silent", BUN], folder)).trim();
  await mustRun(["tar", "-xzf", archive], folder);
  await Deno.remove(`${folder}/${archive}`);
  await mustRun(["apt-get", "download", "musl"], folder);
  await mustRun(["sh", "-c", "dpkg -x musl_*.deb root && rm musl_*.deb"], folder);
  await link(musl, folder);
  return musl;
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

/** The first words but one of a listing's lines, without versions. */
async function symbols(command: readonly string[], folder: string): Promise<Set<string>> {
  const lines = (await mustRun(command, folder)).split("\n");
  const names = lines.map((line) => line.trim().split(/\s+/).at(-1)?.split("@")[0] ?? "");
  return new Set(names.filter((name) => name !== ""));
}

/** Links a libstdc++ of what Bun takes from one. */
async function link({ bun, loader, libstdcxx }: Musl, folder: string): Promise<void> {
  const wanted = await symbols(["nm", "-D", "--undefined-only", bun], folder);
  const copied = await mustRun(["readelf", "-rW", bun], folder);
  for (const [, name = ""] of copied.matchAll(/R_X86_64_COPY\s+\S+\s+([^\s@]+)/g)) wanted.add(name);
  const had = await symbols(["nm", "-D", "--defined-only", loader], folder);
  const missing = [...wanted].filter((name) => !had.has(name) && !/^(ZSTD_|_ITM_)/.test(name));
  const archives = await Promise.all(
    ["libstdc++.a", "libgcc_eh.a", "libgcc.a"].map(async (name) =>
      (await mustRun(["gcc", `-print-file-name=${name}`], folder)).trim()
    ),
  );
  await mustRun([
    "gcc",
    "-shared",
    "-fPIC",
    "-O1",
    "-nostdlib",
    "-o",
    libstdcxx,
    "-Wl,-soname,libstdc++.so.6",
    ...missing.map((name) => `-Wl,-u,${name}`),
    SHIM,
    "-Wl,--start-group",
    ...archives,
    "-Wl,--end-group",
  ], folder);
}
