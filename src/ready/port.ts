// Ports of the loopback address and sockets in the file system, by system call (ip(7), tcp(7), unix(7)): neither
// runtime needs a permission for it.

import { LINUX, SOCKADDR_IN, SOCKADDR_IN6 } from "../../ffi/numbers/linux.ts";
import { POSIX } from "../../ffi/numbers/mod.ts";
import { ERRNO } from "../../ffi/errno.ts";
import { checked, errno, processes, sockets, spawning } from "../../ffi/libc.ts";
import { platform } from "../../ffi/platform.ts";
import { close } from "../file/posix.ts";

// Another system's way is loaded only there.
const windows = platform === "windows" ? await import("./port_windows.ts") : undefined;

const { AF_INET, AF_INET6, AF_UNIX, POLLOUT, SOCK_STREAM } = POSIX;
const { F_SETFD, F_SETFL, FD_CLOEXEC, O_NONBLOCK } = POSIX;
// macOS has flags for a descriptor only once it is there, and a byte for an address's length before its family.
const isBsd = platform === "darwin";
const AT_ONCE = isBsd ? 0 : LINUX.SOCK_CLOEXEC | LINUX.SOCK_NONBLOCK;
const UNIX_PATH = isBsd ? 104 : 108; // sizeof sockaddr_un.sun_path
const PATIENCE = 20; // ms; on loopback an answer takes microseconds, unless the listener's queue is full

/** `struct sockaddr_in` of 127.0.0.1, or `struct sockaddr_in6` of ::1. */
function loopback(family: number, port: number): Uint8Array<ArrayBuffer> {
  const address = new Uint8Array(family === AF_INET ? SOCKADDR_IN.size : SOCKADDR_IN6.size);
  const view = new DataView(address.buffer);
  begin(view, family);
  view.setUint16(SOCKADDR_IN.at.sin_port, port);
  if (family === AF_INET) address.set([127, 0, 0, 1], SOCKADDR_IN.at.sin_addr);
  else address[SOCKADDR_IN6.at.sin6_addr + 15] = 1;
  return address;
}

function begin(view: DataView, family: number): void {
  if (isBsd) view.setUint16(0, (view.byteLength << 8) | family);
  else view.setUint16(SOCKADDR_IN.at.sin_family, family, true);
}

function withSocket<T>(family: number, body: (descriptor: number) => T): T | undefined {
  const descriptor = sockets().socket(family, SOCK_STREAM | AT_ONCE, 0);
  // A host without IPv6.
  if (descriptor === -1) return undefined;
  try {
    if (isBsd) {
      spawning().fcntl(descriptor, F_SETFD, FD_CLOEXEC);
      spawning().fcntl(descriptor, F_SETFL, O_NONBLOCK);
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
    return new DataView(address.buffer).getUint16(SOCKADDR_IN.at.sin_port);
  });
  return port ?? checked(-1, "socket", "for a free port");
}

/** True if something accepts connections on the port, on 127.0.0.1 or ::1. */
export function accepts(port: number): boolean {
  if (windows !== undefined) return windows.accepts(port);
  return [AF_INET, AF_INET6].some((family) =>
    withSocket(family, (descriptor) => connects(descriptor, loopback(family, port)))
  );
}

/**
 * True if something accepts connections on the socket of that path; on Windows, on the named pipe as well.
 *
 * @throws {RangeError} The path is too long.
 * @throws {UnsupportedError} A Windows without such sockets.
 */
export function acceptsAt(path: string): boolean {
  if (windows !== undefined) return windows.acceptsAt(path);
  const name = new TextEncoder().encode(path);
  if (name.length >= UNIX_PATH) {
    throw new RangeError(`A socket's path has at most ${UNIX_PATH - 1} bytes: ${path}`);
  }
  const address = new Uint8Array(2 + UNIX_PATH);
  begin(new DataView(address.buffer), AF_UNIX);
  address.set(name, 2);
  return withSocket(AF_UNIX, (descriptor) => connects(descriptor, address)) ?? false;
}

function connects(descriptor: number, address: Uint8Array<ArrayBuffer>): boolean {
  const attempt = () => sockets().connect(descriptor, address, address.length) === 0;
  if (attempt()) return true;
  if (errno() !== ERRNO.EINPROGRESS) return false;
  processes().poll(new Int32Array([descriptor, POLLOUT]), 1, PATIENCE);
  return attempt() || errno() === ERRNO.EISCONN;
}
