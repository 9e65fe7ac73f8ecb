// Ports of the loopback address and sockets in the file system, by system call (ip(7), tcp(7), unix(7)): neither
// runtime needs a permission for it.

import { ERRNO } from "../../ffi/errno.ts";
import { checked, errno, processes, sockets } from "../../ffi/libc.ts";
import { close } from "../file/posix.ts";

const AF_UNIX = 1;
const UNIX_PATH = 108; // sizeof sockaddr_un.sun_path
const AF_INET = 2;
const AF_INET6 = 10;
const STREAM_NONBLOCK_CLOEXEC = 1 | 0x800 | 0x80000;
const POLLOUT = 4;
const PATIENCE = 20; // ms; on loopback an answer takes microseconds, unless the listener's queue is full

/** `struct sockaddr_in` of 127.0.0.1, or `struct sockaddr_in6` of ::1. */
function loopback(family: number, port: number): Uint8Array<ArrayBuffer> {
  const address = new Uint8Array(family === AF_INET ? 16 : 28);
  const view = new DataView(address.buffer);
  view.setUint16(0, family, true);
  view.setUint16(2, port);
  if (family === AF_INET) address.set([127, 0, 0, 1], 4);
  else address[23] = 1;
  return address;
}

function withSocket<T>(family: number, body: (descriptor: number) => T): T | undefined {
  const descriptor = sockets().socket(family, STREAM_NONBLOCK_CLOEXEC, 0);
  // A host without IPv6.
  if (descriptor === -1) return undefined;
  try {
    return body(descriptor);
  } finally {
    close(descriptor);
  }
}

/** A TCP port that nobody uses at this moment. @throws {SystemError} */
export function freePort(): number {
  const port = withSocket(AF_INET, (descriptor) => {
    const address = loopback(AF_INET, 0);
    const length = new Uint32Array([address.length]);
    checked(sockets().bind(descriptor, address, address.length), "bind", "for a free port");
    checked(sockets().getsockname(descriptor, address, length), "getsockname");
    return new DataView(address.buffer).getUint16(2);
  });
  return port ?? checked(-1, "socket", "for a free port");
}

/** True if something accepts connections on the port, on 127.0.0.1 or ::1. */
export function accepts(port: number): boolean {
  return [AF_INET, AF_INET6].some((family) =>
    withSocket(family, (descriptor) => connects(descriptor, loopback(family, port)))
  );
}

/** True if something accepts connections on the socket of that path. @throws {RangeError} The path is too long. */
export function acceptsAt(path: string): boolean {
  const name = new TextEncoder().encode(path);
  if (name.length >= UNIX_PATH) {
    throw new RangeError(`A socket's path has at most ${UNIX_PATH - 1} bytes: ${path}`);
  }
  const address = new Uint8Array(2 + UNIX_PATH);
  new DataView(address.buffer).setUint16(0, AF_UNIX, true);
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
