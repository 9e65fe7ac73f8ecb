// Cassettes on disk, by node:fs, which every system has. It is loaded by those who use a cassette only: in Deno that
// takes 25 ms. Whose a new file is, node:fs can't say on Windows.

import { ProcrefError } from "../../ffi/errors.ts";
import { platform } from "../../ffi/platform.ts";
import { decodeCassette, encodeCassette, type RecordedRun } from "./cassette.ts";

// Another system's way is loaded only there.
const windows = platform === "windows" ? await import("../file/windows.ts") : undefined;

type Files = typeof import("node:fs");

// Readable and writable for its owner alone: what programs print may be secret.
const MODE = 0o600;

function files(): Files {
  const { process } = globalThis as unknown as {
    process: { getBuiltinModule(name: "node:fs"): Files };
  };
  return process.getBuiltinModule("node:fs");
}

/** Reads a file. @throws {ProcrefError} `not_found`; `not_a_file`: reading anything else could wait. */
export function readBytes(path: string, what: string): Uint8Array {
  const { readFileSync, realpathSync, statSync } = files();
  try {
    if (windows?.isNowhere(path)) return new Uint8Array();
    if (statSync(path).isFile() || realpathSync(path) === "/dev/null") return readFileSync(path);
    throw new ProcrefError("not_a_file", `${what} ${path} is no regular file`);
  } catch (error) {
    if (!isMissing(error)) throw error;
    throw new ProcrefError("not_found", `${what} ${path} is missing`, { cause: error });
  }
}

/** Reads a cassette. @throws {ProcrefError} `not_found`; `not_a_file`; `corrupt`. */
export function readCassette(path: string): RecordedRun[] {
  return decodeCassette(new TextDecoder().decode(readBytes(path, "The cassette")), path);
}

/**
 * Writes a cassette, whole or not at all: a new file, which nobody else can have opened, takes the old one's place,
 * and a link's.
 */
export function writeCassette(path: string, runs: readonly RecordedRun[]): void {
  const { renameSync, rmSync, writeFileSync } = files();
  const text = encodeCassette(runs);
  const temporary = `${path}.${crypto.randomUUID()}.tmp`;
  try {
    if (windows === undefined) writeFileSync(temporary, text, { flag: "wx", mode: MODE });
    else windows.writeNew(temporary, new TextEncoder().encode(text));
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
