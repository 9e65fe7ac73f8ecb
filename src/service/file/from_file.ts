// From what a file says to a service.

import { ProcrefError } from "../../../ffi/errors.ts";
import { parseDuration } from "../../duration.ts";
import { fingerprint, quote } from "../../name.ts";
import { runtime } from "../../runtime/mod.ts";
import { commandService } from "../command/command_service.ts";
import type { Readiness } from "../../ready/types.ts";
import type { CommandServiceOptions } from "../command/types.ts";
import type { SharedService } from "../shared_service.ts";
import { paths } from "./paths.ts";
import { FILE_NAME, findFile, readFile, type ServiceEntry, type ServiceFile } from "./read.ts";

const LONGEST_NAME = 255;

/** The service of a name in the file at a path, or in the next one upwards. @throws {ProcrefError} */
export function fromFile(name: string, path: string | undefined): SharedService {
  const found = path ?? findFile();
  if (found === undefined) {
    throw new ProcrefError(
      "not_found",
      `No ${FILE_NAME} in this directory or one above it, to find service ${quote(name)} in`,
    );
  }
  return serviceIn(readFile(found), name);
}

/** A service of a file that has been read. @throws {ProcrefError} `"not_found"`: the file does not name it. */
export function serviceIn(file: ServiceFile, name: string): SharedService {
  const entry = file.services.get(name);
  if (entry !== undefined) return commandService(fullName(file, name), optionsOf(file, entry));
  const names = [...file.services.keys()].join(", ") || "none";
  throw new ProcrefError(
    "not_found",
    `No service ${quote(name)} in ${file.path}; there are: ${names}`,
  );
}

/**
 * The name under which a file's service is shared. Two projects may both have a `db`, and they are not the same one.
 */
export function fullName({ path, services }: ServiceFile, name: string): string {
  if (services.get(name)?.scope === "user") return name;
  const full = `${name} (${path})`;
  const fits = new TextEncoder().encode(full).length <= LONGEST_NAME;
  return fits ? full : `${name} (${fingerprint(path)}/${FILE_NAME})`;
}

/** A full name's parts: the file's is missing where the name is the user's. */
export function partsOf(full: string): { readonly name: string; readonly config?: string } {
  const [, name, config] = /^(\S+) \((.*\.jsonc?)\)$/.exec(full) ?? [];
  return name === undefined || config === undefined ? { name: full } : { name, config };
}

function optionsOf({ path }: ServiceFile, entry: ServiceEntry): CommandServiceOptions {
  const { parentOf, within } = paths();
  const home = parentOf(path) ?? path;
  const { command, port, ready, stop, linger, env, cwd, log, directory } = entry;
  const resolved = (relative: string) => within(home, relative);
  return {
    command: typeof command === "string" ? shell(command) : command,
    cwd: cwd === undefined ? home : resolved(cwd),
    ...(port === undefined ? {} : { port }),
    ...(env === undefined ? {} : { env }),
    ...(log === undefined ? {} : { log: resolved(log) }),
    ...(directory === undefined ? {} : { directory: resolved(directory) }),
    ...(linger === undefined ? {} : { linger: milliseconds(linger) }),
    ...(ready === undefined ? {} : { ready: readinessOf(ready) }),
    ...(stop === undefined ? {} : {
      stop: {
        ...(stop.signal === undefined ? {} : { signal: stop.signal }),
        ...(stop.timeout === undefined ? {} : { timeout: milliseconds(stop.timeout) }),
      },
    }),
  };
}

/** The directory for its record that a file names for a service. */
export function directoryIn({ path, services }: ServiceFile, name: string): string | undefined {
  const directory = services.get(name)?.directory;
  const { parentOf, within } = paths();
  return directory === undefined ? undefined : within(parentOf(path) ?? path, directory);
}

// No operator of the shell, and at the beginning neither an assignment nor what only a shell can run.
const ONE_PROGRAM = /^[ \t]*(?!(?:\.|command|eval|exec)\s)[\w./~+-]+(?:[ \t][^;&|()\n]*)?$/;

/**
 * A command line as a program and its arguments. A line that is one program takes the shell's place: some shells would
 * stay its parent, and keep signals from it. On Windows it is cmd.exe's, which stays.
 */
export function shell(line: string): [string, ...string[]] {
  if (runtime.platform === "windows") return ["cmd.exe", "/d", "/s", "/c", line];
  return ["/bin/sh", "-c", ONE_PROGRAM.test(line) ? `exec ${line}` : line];
}

function readinessOf(ready: NonNullable<ServiceEntry["ready"]>): Readiness {
  const { line, pattern, port, http, timeout } = ready;
  return {
    ...(line === undefined ? {} : { line }),
    ...(pattern === undefined ? {} : { line: new RegExp(pattern, "u") }),
    ...(port === undefined ? {} : { port }),
    ...(http === undefined ? {} : { http }),
    ...(timeout === undefined ? {} : { timeout: milliseconds(timeout) }),
  };
}

/** The schema has checked it. */
function milliseconds(value: number | string): number {
  return typeof value === "number" ? value : parseDuration(value) ?? 0;
}
