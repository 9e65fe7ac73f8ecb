// A Wine of our own on a Debian host: the packages of a newer Debian, unpacked into one folder together with the C
// library that they are linked against. Of the host itself only patchelf is added.

import { join } from "@std/path";
import { call, installOnce, PLACE } from "./place.ts";

const RELEASE = "trixie"; // has Wine 10; with Wine 8 Deno does not start
const PACKAGES = [
  "libwine",
  "wine64",
  "libc6",
  "libgcc-s1",
  "libunwind8",
  "liblzma5",
  "zlib1g",
  "libz-mingw-w64",
  "libxkbregistry0",
  "libxkbcommon0",
  "libudev1",
  "libcap2",
];
const KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";
const ARCHITECTURE_FOLDER = "lib/x86_64-linux-gnu";
const LOADER = "ld-linux-x86-64.so.2";
const WINE = join(PLACE, "wine");

/** The command that runs a Windows program; it is installed first if need be. */
export async function wine(): Promise<string> {
  await installOnce(WINE, install);
  return join(WINE, "run");
}

/**
 * A Windows of its own for one run: two at once would see each other's named objects. The system's files are linked,
 * the registry is copied, because the server writes into it where it has several links.
 */
export async function copyPrefix(target: string): Promise<void> {
  const prefix = join(WINE, "prefix");
  await Deno.mkdir(target, { recursive: true });
  for await (const { name } of Deno.readDir(prefix)) {
    const links = name === "drive_c" ? ["--link"] : [];
    await call("cp", ["--archive", ...links, join(prefix, name), target]);
  }
}

const PATIENCE = 10; // seconds

/** Waits until nothing runs any more in a run's own Windows, or ends it: its services end a moment after the last program. */
export async function endAll(prefix: string): Promise<void> {
  const server = join(WINE, "root/usr/lib/wine/wineserver");
  const options = { env: { WINEPREFIX: prefix } };
  await call("timeout", [String(PATIENCE), server, "-w"], options)
    .catch(() => call(server, ["-k"], options));
}

async function install(folder: string): Promise<void> {
  const root = join(folder, "root");
  await needPatchelf();
  await unpack(folder, root);
  await bindToItsOwnLibraries(root);
  await settleFiles(root);
  await writeLaunchers(folder, root);
  await call(join(folder, "run"), ["wineboot", "-i"]);
}

async function needPatchelf(): Promise<void> {
  const there = await call("patchelf", ["--version"]).then(() => true, () => false);
  if (!there) await call("apt-get", ["install", "-y", "--no-install-recommends", "patchelf"]);
}

/** Downloads by an apt that knows only the newer release, and unpacks without installing. */
async function unpack(folder: string, root: string): Promise<void> {
  const apt = join(folder, "apt");
  const packages = join(folder, "packages");
  for (const sub of ["lists/partial", "cache/archives/partial"]) {
    await Deno.mkdir(join(apt, sub), { recursive: true });
  }
  await Deno.mkdir(packages, { recursive: true });
  const source = `deb [signed-by=${KEYRING}] ${await mirror()} ${RELEASE} main\n`;
  await Deno.writeTextFile(join(apt, "sources.list"), source);
  await Deno.writeTextFile(join(apt, "status"), "");
  const settings = [
    `Dir::Etc::sourcelist=${apt}/sources.list`,
    "Dir::Etc::sourceparts=-",
    `Dir::State=${apt}`,
    `Dir::State::lists=${apt}/lists`,
    `Dir::State::status=${apt}/status`,
    `Dir::Cache=${apt}/cache`,
    "APT::Architecture=amd64",
    "APT::Sandbox::User=root",
    "Acquire::Languages=none",
  ].flatMap((setting) => ["-o", setting]);
  await call("apt-get", [...settings, "-qq", "update"]);
  await call("apt-get", [...settings, "-qq", "download", ...PACKAGES], { cwd: packages });
  for await (const { name } of Deno.readDir(packages)) {
    await call("dpkg", ["-x", join(packages, name), root]);
  }
  for (const done of [apt, packages]) await Deno.remove(done, { recursive: true });
}

/** The Debian mirror that this machine uses already. */
async function mirror(): Promise<string> {
  const sites = await call("apt-get", ["indextargets", "--format", "$(SITE)"]);
  const site = sites.split("\n").find((one) => one !== "" && !one.includes("security"));
  if (site === undefined) throw new Error("apt-get of this machine has no Debian mirror");
  return site;
}

async function bindToItsOwnLibraries(root: string): Promise<void> {
  const candidates = [join(root, "usr", ARCHITECTURE_FOLDER), join(root, ARCHITECTURE_FOLDER)];
  const [usr = ""] = candidates;
  const libraries = await firstWith(candidates, LOADER);
  for (const program of ["wine64", "wineserver64"]) {
    await call("patchelf", [
      "--set-interpreter",
      join(libraries, LOADER),
      "--force-rpath",
      "--set-rpath",
      `${usr}:${libraries}`,
      join(root, "usr/lib/wine", program),
    ]);
  }
}

async function firstWith(folders: readonly string[], file: string): Promise<string> {
  for (const folder of folders) {
    if (await Deno.stat(join(folder, file)).then(() => true, () => false)) return folder;
  }
  throw new Error(`${file} is in none of ${folders.join(", ")}`);
}

const BUILTIN_MARK = "Wine builtin DLL";
const MARK_OFFSET = 64; // behind the DOS header
const MARK_LENGTH = 32;

/** What the packages' own installation scripts would have done. */
async function settleFiles(root: string): Promise<void> {
  const wine = join(root, "usr", ARCHITECTURE_FOLDER, "wine");
  await Deno.remove(join(wine, "i386-windows"), { recursive: true });
  // Wine takes a DLL for one of its own by a mark behind the DOS header.
  const zlib = await Deno.readFile(join(root, "usr/x86_64-w64-mingw32/lib/zlib1.dll"));
  zlib.fill(0, MARK_OFFSET, MARK_OFFSET + MARK_LENGTH);
  zlib.set(new TextEncoder().encode(BUILTIN_MARK), MARK_OFFSET);
  const target = join(wine, "x86_64-windows/zlib1.dll");
  await Deno.remove(target).catch(() => {});
  await Deno.writeFile(target, zlib);
  // The server looks for its tables in share/wine/wine.
  await Deno.symlink(".", join(root, "usr/share/wine/wine"));
}

/** `run` starts a Windows program; `server` ends with the last of them. */
async function writeLaunchers(folder: string, root: string): Promise<void> {
  const programs = join(root, "usr/lib/wine");
  // In place of the package's own script, which looks for a system-wide server.
  const server = join(programs, "wineserver");
  await writeProgram(server, [`exec ${programs}/wineserver64 -p0 "$@"`]);
  await writeProgram(join(folder, "run"), [
    "unset TMPDIR # wineboot gives up where it is set",
    // Or each deno.exe that finds no node.exe leaves a copy of itself, of 97 MB.
    "export DENO_DISABLE_NODE_SHIM=1",
    `export WINEPREFIX="\${WINEPREFIX:-${folder}/prefix}" WINEARCH=win64`,
    'export WINEDEBUG="${WINEDEBUG:--all}" WINEDLLOVERRIDES="mscoree,mshtml,winemenubuilder.exe="',
    `export WINESERVER=${server} WINELOADER=${programs}/wine64`,
    `exec ${programs}/wine64 "$@"`,
  ]);
}

async function writeProgram(path: string, lines: readonly string[]): Promise<void> {
  await Deno.writeTextFile(path, ["#!/bin/sh", ...lines, ""].join("\n"));
  await Deno.chmod(path, 0o755);
}
