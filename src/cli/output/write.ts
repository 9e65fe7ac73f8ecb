// Text to standard output and standard error, written at once and in whole, whatever is at the other end.

import { POSIX } from "../../../ffi/numbers/mod.ts";
import { ERRNO } from "../../../ffi/errno.ts";
import { ProcrefError } from "../../../ffi/errors.ts";
import { errno, files, restarted } from "../../../ffi/libc.ts";
import { platform } from "../../../ffi/platform.ts";
import { hasReader, polled } from "../../file/descriptors.ts";
import { quote } from "../../name.ts";

const { POLLOUT } = POSIX;

// Another system's way is loaded only there.
const windows = platform === "windows" ? await import("./write_windows.ts") : undefined;

const encoder = new TextEncoder();

function write(descriptor: 1 | 2, text: string): void {
  if (windows !== undefined) return windows.writeOnWindows(descriptor, encoder.encode(text));
  for (let rest = encoder.encode(text); rest.length > 0;) {
    const part = rest;
    const count = restarted(() => files().write(descriptor, part, part.length));
    if (count !== -1) rest = rest.subarray(count);
    // A pipe that somebody made non-blocking, and that is full.
    else if (errno() === ERRNO.EAGAIN) {
      polled(descriptor, POLLOUT, -1);
    } // Nobody reads any more.
    else return;
  }
}

/** True while there is a reader of standard output: a pipe or terminal without one says so (poll(2)). */
export function isRead(): boolean {
  return windows === undefined ? hasReader(1) : windows.isReadOnWindows();
}

/** A line on standard output. */
export function print(line: string): void {
  write(1, `${line}\n`);
}

/** A value as JSON on standard output. */
export function printJson(value: unknown): void {
  print(JSON.stringify(value, undefined, 2));
}

/** Text as it is, on standard error if not told otherwise. */
export function raw(text: string, descriptor: 1 | 2 = 2): void {
  write(descriptor, text);
}

/** A message of procref's own, on standard error. */
export function tell(message: string): void {
  write(2, `procref: ${message}\n`);
}

/** A report for programs beside a command that has standard output for itself: one line on standard error. */
export function report(value: unknown): void {
  write(2, `${JSON.stringify(value)}\n`);
}

/** An error, for people or for programs. */
export function tellError(error: unknown, json: boolean): void {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof ProcrefError ? error.code : "failed";
  if (json) report({ error: { code, message } });
  else tell(message === "" ? quote(String(error)) : message);
}
