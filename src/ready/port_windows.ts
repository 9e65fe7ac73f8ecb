// Ports of the loopback address on Windows (Microsoft, "Windows Sockets 2"), sockets in the file system (afunix.h), and
// named pipes, which programs of Windows have in their place. A refusal takes Windows two seconds, so an attempt that
// has no answer at once is given up.

import { UnsupportedError } from "../../ffi/errors.ts";
import { failure, fileNames, wide } from "../../ffi/windows/kernel32.ts";
import { SOCKETS, winsock } from "../../ffi/windows/winsock.ts";

const { AF_INET, AF_INET6, AF_UNIX, FIONBIO, POLLWRNORM, SOCK_STREAM } = SOCKETS;
const PATIENCE = 20; // ms; on loopback an answer takes microseconds, unless the listener's queue is full
const VERSION = 0x0202;
const UNIX_PATH = 108; // sizeof sockaddr_un.sun_path
const PIPE = /^[\\/]{2}[.?][\\/]pipe[\\/]/i;
const AT_ONCE = 1; // ms; 0 would be as long as the pipe likes

let started = false;

function start(): ReturnType<typeof winsock> {
  const library = winsock();
  // The runtime has done so as well; whoever comes later is counted only.
  if (!started) library.WSAStartup(VERSION, new Uint8Array(512));
  started = true;
  return library;
}

/** `struct sockaddr_in` of 127.0.0.1, or `struct sockaddr_in6` of ::1. */
function loopback(family: number, port: number): Uint8Array<ArrayBuffer> {
  const address = new Uint8Array(new ArrayBuffer(family === AF_INET ? 16 : 28));
  const view = new DataView(address.buffer);
  view.setUint16(0, family, true);
  view.setUint16(2, port);
  if (family === AF_INET) address.set([127, 0, 0, 1], 4);
  else address[23] = 1;
  return address;
}

function withSocket<T>(family: number, body: (socket: number) => T): T | undefined {
  const { socket, closesocket } = start();
  const descriptor = socket(family, SOCK_STREAM, 0);
  // A host without IPv6.
  if (descriptor === -1) return undefined;
  try {
    return body(descriptor);
  } finally {
    closesocket(descriptor);
  }
}

/** A TCP port that nobody uses at this moment. @throws {SystemError} */
export function freePort(): number {
  const { bind, getsockname } = start();
  const port = withSocket(AF_INET, (socket) => {
    const address = loopback(AF_INET, 0);
    if (bind(socket, address, address.length) !== 0) throw failure("bind", "for a free port");
    if (getsockname(socket, address, new Int32Array([address.length])) !== 0) {
      throw failure("getsockname", "for a free port");
    }
    return new DataView(address.buffer).getUint16(2);
  });
  if (port === undefined) throw failure("socket", "for a free port");
  return port;
}

/** True if something accepts connections on the port, on 127.0.0.1 or ::1. */
export function accepts(port: number): boolean {
  return [AF_INET, AF_INET6].some((family) =>
    withSocket(family, (socket) => connects(socket, loopback(family, port)))
  );
}

/**
 * True if something accepts connections on the socket of that path, or on the named pipe.
 *
 * @throws {RangeError} The path is too long.
 * @throws {UnsupportedError} A Windows without such sockets.
 */
export function acceptsAt(path: string): boolean {
  if (PIPE.test(path)) return fileNames().WaitNamedPipeW(wide(path), AT_ONCE) !== 0;
  const name = new TextEncoder().encode(path);
  if (name.length >= UNIX_PATH) {
    throw new RangeError(`A socket's path has at most ${UNIX_PATH - 1} bytes: ${path}`);
  }
  const address = new Uint8Array(new ArrayBuffer(2 + UNIX_PATH));
  address[0] = AF_UNIX;
  address.set(name, 2);
  const connected = withSocket(AF_UNIX, (socket) => connects(socket, address));
  if (connected === undefined) throw new UnsupportedError("A Unix domain socket", "windows");
  return connected;
}

/** True if an address of this host has nobody behind it: to be told so by a request takes two seconds, or for ever. */
export function refuses({ hostname, port, protocol }: URL): boolean {
  if (!["127.0.0.1", "localhost", "[::1]"].includes(hostname)) return false;
  return !accepts(Number(port || (protocol === "https:" ? 443 : 80)));
}

function connects(socket: number, address: Uint8Array<ArrayBuffer>): boolean {
  const { ioctlsocket, connect, WSAPoll, getpeername } = start();
  ioctlsocket(socket, FIONBIO, new Uint32Array([1]));
  connect(socket, address, address.length);
  // WSAPOLLFD: the socket, and two words of 16 bits.
  const entry = new Int32Array([socket, 0, POLLWRNORM, 0]);
  WSAPoll(entry, 1, PATIENCE);
  // A socket that is not connected has nobody at the other end.
  return getpeername(socket, new Uint8Array(2 + UNIX_PATH), new Int32Array([2 + UNIX_PATH])) === 0;
}
