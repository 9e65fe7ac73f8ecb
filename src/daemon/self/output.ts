// Standard output and standard error of this process. Deno makes copies of both when it starts and writes to those as
// well, so they are told by what they lead to (fstat(2)), and all are sent elsewhere.

import { POSIX } from "../../../ffi/numbers/mod.ts";
import { checked, files } from "../../../ffi/libc.ts";
import { daemons } from "../../../ffi/libc_daemon.ts";
import { openDescriptors } from "../../file/descriptors.ts";
import { close, OPEN, open, statusOf, tryOpen } from "../../file/posix.ts";

const { FD_CLOEXEC, F_GETFL, F_SETFD } = POSIX;

const LOG_FLAGS = OPEN.writeOnly | OPEN.create | OPEN.append;
const LOG_MODE = 0o644;
const STREAMS: readonly number[] = [1, 2];

/** From now on nobody reads what is printed. @throws {SystemError} */
export function silence(): void {
  redirect(open("/dev/null", OPEN.writeOnly));
}

/** From now on what is printed goes to the end of a log. @throws {SystemError} */
export function openLog(path: string): void {
  redirect(open(path, LOG_FLAGS, LOG_MODE));
}

/**
 * Opens the log anew: the old one has been renamed away. Where that is not possible (its directory is gone), the old
 * one goes on.
 */
export function reopenLog(path: string): void {
  const descriptor = tryOpen(path, LOG_FLAGS, LOG_MODE);
  if (descriptor !== -1) redirect(descriptor);
  else console.error(`The log ${path} can't be opened anew; this one goes on`);
}

function redirect(descriptor: number): void {
  for (const copy of copies()) {
    checked(daemons().dup2(descriptor, copy), "dup2");
    checked(files().fcntl(copy, F_SETFD, FD_CLOEXEC), "fcntl");
  }
  for (const stream of STREAMS) checked(daemons().dup2(descriptor, stream), "dup2");
  close(descriptor);
}

/** The other descriptors through which this process writes to where its standard output or error goes. */
function copies(): number[] {
  const places = STREAMS.map(placeOf);
  return openDescriptors().filter((descriptor) => {
    if (descriptor <= 2 || !isWritable(descriptor)) return false;
    const place = placeOf(descriptor);
    return place !== undefined && places.includes(place);
  });
}

/** What a descriptor leads to; undefined where it is closed, or to what can't be told: to macOS a socket has no inode. */
function placeOf(descriptor: number): string | undefined {
  try {
    const { device, inode } = statusOf(descriptor);
    return inode === 0n ? undefined : `${device} ${inode}`;
  } catch {
    return undefined;
  }
}

function isWritable(descriptor: number): boolean {
  const flags = files().fcntl(descriptor, F_GETFL, 0);
  return flags !== -1 && (flags & (OPEN.writeOnly | OPEN.readWrite)) !== 0;
}
