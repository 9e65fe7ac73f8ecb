// The command line that starts this program anew: the runtime that runs it and every word that it was given, so that
// flags and permissions stay as they are. No runtime tells its own flags; the system does.

import { ProcrefError, UnsupportedError } from "../../../ffi/errors.ts";
import { commandLine, executable } from "../../runtime/process_files.ts";
import { program } from "../../runtime/program/mod.ts";

const OPERATION = "Becoming a daemon";
const RESTARTING = /^--(watch|hot)/;

/**
 * The command line.
 *
 * @throws {UnsupportedError} The program can't be started a second time: it came from standard input, runs in a test
 * runner, in a Worker or under `--watch`, or has overwritten its command line.
 */
export function commandAnew(): [string, ...string[]] {
  const words = commandLine();
  const { source, args, mainThread } = program.origin(words);
  if (!mainThread) {
    throw new UnsupportedError(OPERATION, "a Worker: the main thread must ask for it");
  }
  if (source === "stdin") {
    throw new UnsupportedError(
      OPERATION,
      "a program from standard input, which can't be read again; put it into a file",
    );
  }
  if (source === "runner") {
    throw new UnsupportedError(OPERATION, "a test runner or an interactive session");
  }
  const own = words.length - args.length;
  if (own < 1 || args.some((arg, index) => words[own + index] !== arg)) {
    throw new UnsupportedError(
      OPERATION,
      "a program that has overwritten its command line, by process.title for example; do that afterwards",
    );
  }
  if (words.slice(1, own).some((word) => RESTARTING.test(word))) {
    throw new UnsupportedError(
      OPERATION,
      "a runtime that starts programs again by itself (--watch)",
    );
  }
  const path = executable();
  if (/^(\/|[a-z]:|\\\\)/i.test(path) && !path.endsWith(" (deleted)")) {
    return [path, ...words.slice(1)];
  }
  throw new ProcrefError("not_found", `The program's own file is gone: ${path}`);
}
