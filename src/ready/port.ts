// Ports of the loopback address and sockets in the file system, by system call (ip(7), tcp(7), unix(7)): neither
// runtime needs a permission for it.

import { LINUX } from "../../ffi/numbers/linux.ts";
import { POSIX } from "../../ffi/numbers/mod.ts";
import { ERRNO } from "../../ffi/errno.ts";
import { checked, errno, files, processes } from "../../ffi/libc.ts";
import { sockets } from "../../ffi/libc_sockets.ts";
import { platform } from "../../ffi/platform.ts";
import { close } from "../file/posix.ts";
import { loopback, loopback6, portOf, socketAt } from "./address.ts";

// Another system's way is loaded only there.
const windows = platform === "windows" ? await import("./port_windows.ts") : undefined;

const { AF_INET, AF_INET6, AF_UNIX, POLLOUT, SOCK_STREAM } = POSIX;
const { F_SETFD, F_SETFL, FD_CLOEXEC, O_NONBLOCK } = POSIX;
// macOS has flags for a descriptor only once it is there.
const isBsd = platform === "darwin";
const AT_ONCE = isBsd ? 0 : LINUX.SOCK_CLOEXEC | LINUX.SOCK_NONBLOCK;
const PATIENCE = 20; // ms; on loopback an answer takes microseconds, unless the listener's queue is full

function withSocket<T>(family: number, body: (descriptor: number) => T): T | undefined {
  const descriptor = sockets().socket(family, SOCK_STREAM | AT_ONCE, 0);
  // A host without IPv6.
  if (descriptor === -1) return undefined;
  try {
    if (isBsd) {
      files().fcntl(descriptor, F_SETFD, FD_CLOEXEC);
      files().fcntl(descriptor, F_SETFL, O_NONBLOCK);
    }
    return body(descriptor);
  } finally {
    close(descriptor);
  }
}

/** A TCP port that nobody uses at this moment. @throws {SystemError} */
export function freePort(): number {
  if (windows !== undefined) return windows.freePort();
  const port = withSocket(AF_INET, (descriptor) => {
    const address = loopback(AF_INET, 0);
    const length = new Uint32Array([address.length]);
    checked(sockets().bind(descriptor, address, address.length), "bind", "for a free port");
    checked(sockets().getsockname(descriptor, address, length), "getsockname");
    return portOf(address);
  });
  return port ?? checked(-1, "socket", "for a free port");
}

/** True if something accepts connections on the port, on 127.0.0.1 or ::1. */
export function accepts(port: number): boolean {
  if (windows !== undefined) return windows.accepts(port);
  return answers(AF_INET, loopback(AF_INET, port)) || answers(AF_INET6, loopback6(AF_INET6, port));
}

/**
 * True if something accepts connections on the socket of that path; on Windows, on the named pipe as well.
 *
 * @throws {RangeError} The path is too long.
 * @throws {UnsupportedError} A Windows without such sockets.
 */
export function acceptsAt(path: string): boolean {
  if (windows !== undefined) return windows.acceptsAt(path);
  return answers(AF_UNIX, socketAt(AF_UNIX, path));
}

function answers(family: number, address: Uint8Array<ArrayBuffer>): boolean {
  return withSocket(family, (descriptor) => connects(descriptor, address)) ?? false;
}

function connects(descriptor: number, address: Uint8Array<ArrayBuffer>): boolean {
  const attempt = () => sockets().connect(descriptor, address, address.length) === 0;
  if (attempt()) return true;
  if (errno() !== ERRNO.EINPROGRESS) return false;
  processes().poll(new Int32Array([descriptor, POLLOUT]), 1, PATIENCE);
  return attempt() || errno() === ERRNO.EISCONN;
}
