// Programs on Windows: directories separated by semicolons, names with or without one of the endings of PATHEXT,
// letters of either case (Microsoft, "PATH", "PATHEXT"). The working directory is not searched, as cmd.exe would do.

import { fileNames, wide } from "../../ffi/windows/kernel32.ts";
import { runtime } from "../runtime/mod.ts";
import type { WhichOptions } from "./which.ts";

const DIRECTORY = 0x10;
const NOT_THERE = 0xffffffff;
const ENDINGS = ".COM;.EXE;.BAT;.CMD";

/** As `which()`, on Windows. */
export function whichOnWindows(program: string, options: WhichOptions): string | undefined {
  if (program === "" || program.includes("\0")) return undefined;
  const cwd = fullPath(options.cwd ?? ".");
  const endings = variable("PATHEXT") ?? ENDINGS;
  const names = candidates(program, endings.split(";").filter((ending) => ending !== ""));
  if (/[\\/:]/.test(program)) return firstFile(names.map((name) => absolute(name, cwd)));
  const path = options.path ?? variable("PATH") ?? "";
  const listed = path.split(";").filter((entry) => entry !== "");
  const local = options.preferLocal ? localDirectories(cwd) : [];
  const directories = [...local, ...listed.map((entry) => entry.replaceAll('"', ""))];
  return firstFile(
    directories.flatMap((one) => names.map((name) => absolute(`${one}\\${name}`, cwd))),
  );
}

/** The name as it is, if it has one of the endings, and with each of them. */
function candidates(program: string, endings: readonly string[]): string[] {
  const lower = program.toLowerCase();
  const complete = endings.some((ending) => lower.endsWith(ending.toLowerCase()));
  return [...(complete ? [program] : []), ...endings.map((ending) => program + ending)];
}

function localDirectories(cwd: string): string[] {
  const parts = cwd.replace(/\\+$/, "").split("\\");
  return parts.map((_, index) =>
    `${parts.slice(0, parts.length - index).join("\\")}\\node_modules\\.bin`
  );
}

function firstFile(paths: readonly string[]): string | undefined {
  return paths.find(isFile);
}

/** True for a file that is no directory. */
export function isFile(path: string): boolean {
  const attributes = attributesOfPath(path);
  return attributes !== undefined && (attributes & DIRECTORY) === 0;
}

/** True for a directory. */
export function isDirectory(path: string): boolean {
  return ((attributesOfPath(path) ?? 0) & DIRECTORY) !== 0;
}

function attributesOfPath(path: string): number | undefined {
  const attributes = fileNames().GetFileAttributesW(wide(path)) >>> 0;
  return attributes === NOT_THERE ? undefined : attributes;
}

/** A path from a directory on: one with a drive, or of another machine, is absolute already. */
export function absolute(path: string, cwd: string): string {
  if (/^([a-z]:|[\\/][\\/])/i.test(path)) return fullPath(path);
  // `\x` is relative to the drive only.
  return fullPath(/^[\\/]/.test(path) ? fullPath(cwd).slice(0, 2) + path : `${cwd}\\${path}`);
}

/** GetFullPathName: without `.` and `..`, with backslashes only. */
function fullPath(path: string): string {
  const room = new Uint16Array(32768);
  const length = fileNames().GetFullPathNameW(wide(path), room.length, room, null);
  if (length === 0 || length >= room.length) return path;
  return new TextDecoder("utf-16le").decode(room.subarray(0, length));
}

/** A variable of the environment, whose names are the same in either case. */
function variable(name: string): string | undefined {
  const found = Object.entries(runtime.environment()).find(([key]) => key.toUpperCase() === name);
  return found?.[1];
}
