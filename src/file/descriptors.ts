import { LINUX } from "../../ffi/numbers/linux.ts";
import { POSIX } from "../../ffi/numbers/mod.ts";
import { checked, cstring, files, processes } from "../../ffi/libc.ts";
import { platform } from "../../ffi/platform.ts";
import { close, listDirectory, OPEN, open, remove } from "./posix.ts";

// Another system's way is loaded only there.
const darwin = platform === "darwin" ? await import("./darwin.ts") : undefined;

const { F_GETFD, F_SETFD, F_SETFL, FD_CLOEXEC, POLLERR, POLLHUP, POLLOUT } = POSIX;

/** `pipe2(fds, O_CLOEXEC)`: the read end and the write end. @throws {SystemError} */
export function pipe(): { readEnd: number; writeEnd: number } {
  const ends = darwin?.pipeEnds() ?? new Int32Array(2);
  if (darwin === undefined) checked(files().pipe2(ends, LINUX.O_CLOEXEC), "pipe2");
  const [readEnd = -1, writeEnd = -1] = ends;
  return { readEnd, writeEnd };
}

/**
 * Makes a FIFO (mkfifo(3)): its read end, which waits, and its write end. Others can open it by its path, for writing
 * without waiting only while somebody reads it.
 *
 * @throws {SystemError}
 */
export function openFifo(path: string): { readEnd: number; writeEnd: number } {
  checked(files().mkfifo(cstring(path), 0o600), "mkfifo", `for ${path}`);
  let readEnd = -1;
  try {
    // Neither end waits for the other to be opened.
    readEnd = open(path, OPEN.readOnly | OPEN.nonblock);
    const writeEnd = open(path, OPEN.writeOnly | OPEN.nonblock);
    files().fcntl(readEnd, F_SETFL, 0);
    return { readEnd, writeEnd };
  } catch (error) {
    if (readEnd !== -1) close(readEnd);
    remove(path);
    throw error;
  }
}

/** `poll(2)` of one descriptor: what is the case of the events asked for, and of POLLERR and POLLHUP. */
export function polled(descriptor: number, events: number, milliseconds = 0): number {
  const entry = new Int32Array([descriptor, events]); // struct pollfd { int fd; short events; short revents; }
  processes().poll(entry, 1, milliseconds);
  return (entry[1] ?? 0) >> 16;
}

/**
 * True while somebody has the read end of the pipe of a write end. Without a reader Linux reports an error, and macOS a
 * hang-up, but only to those who ask for something (poll(2)).
 */
export function hasReader(writeEnd: number): boolean {
  return (polled(writeEnd, POLLOUT) & (POLLERR | POLLHUP)) === 0;
}

/** The descriptors of this process. @throws {SystemError} */
export function openDescriptors(): number[] {
  return darwin?.descriptors() ?? listDirectory("/proc/self/fd").map(Number);
}

/** The descriptors above 2 that a child would inherit: those that this process itself was started with. */
export function inheritable(): number[] {
  return openDescriptors().filter((descriptor) => {
    if (descriptor <= 2) return false;
    const flags = files().fcntl(descriptor, F_GETFD, 0);
    return flags !== -1 && (flags & FD_CLOEXEC) === 0;
  });
}

/** Runs a function, which spawns, with nothing above descriptor 2 for the child to inherit by accident. */
export function withoutInheritance<T>(body: () => T): T {
  const descriptors = inheritable();
  for (const descriptor of descriptors) files().fcntl(descriptor, F_SETFD, FD_CLOEXEC);
  try {
    return body();
  } finally {
    for (const descriptor of descriptors) files().fcntl(descriptor, F_SETFD, 0);
  }
}
