// Ports of the loopback address on Windows (Microsoft, "Windows Sockets 2"), sockets in the file system (afunix.h), and
// named pipes, which programs of Windows have in their place. A refusal takes Windows two seconds, so an attempt that
// has no answer at once is given up.

import { UnsupportedError } from "../../ffi/errors.ts";
import { failure, fileNames, wide } from "../../ffi/windows/kernel32.ts";
import { SOCKETS, winsock } from "../../ffi/windows/winsock.ts";
import { loopback, loopback6, MOST, portOf, socketAt } from "./address.ts";

const { AF_INET, AF_INET6, AF_UNIX, FIONBIO, POLLWRNORM, SOCK_STREAM } = SOCKETS;
const PATIENCE = 20; // ms; on loopback an answer takes microseconds, unless the listener's queue is full
const VERSION = 0x0202;
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
    return portOf(address);
  });
  if (port === undefined) throw failure("socket", "for a free port");
  return port;
}

/** True if something accepts connections on the port, on 127.0.0.1 or ::1. */
export function accepts(port: number): boolean {
  return answers(AF_INET, loopback(AF_INET, port)) === true ||
    answers(AF_INET6, loopback6(AF_INET6, port)) === true;
}

/**
 * True if something accepts connections on the socket of that path, or on the named pipe.
 *
 * @throws {RangeError} The path is too long.
 * @throws {UnsupportedError} A Windows without such sockets.
 */
export function acceptsAt(path: string): boolean {
  if (PIPE.test(path)) return fileNames().WaitNamedPipeW(wide(path), AT_ONCE) !== 0;
  const connected = answers(AF_UNIX, socketAt(AF_UNIX, path));
  if (connected === undefined) throw new UnsupportedError("A Unix domain socket", "windows");
  return connected;
}

/** True if an address of this host has nobody behind it: to be told so by a request takes two seconds, or for ever. */
export function refuses({ hostname, port, protocol }: URL): boolean {
  if (!["127.0.0.1", "localhost", "[::1]"].includes(hostname)) return false;
  return !accepts(Number(port || (protocol === "https:" ? 443 : 80)));
}

/** Undefined without such sockets. */
function answers(family: number, address: Uint8Array<ArrayBuffer>): boolean | undefined {
  return withSocket(family, (socket) => connects(socket, address));
}

function connects(socket: number, address: Uint8Array<ArrayBuffer>): boolean {
  const { ioctlsocket, connect, WSAPoll, getpeername } = start();
  ioctlsocket(socket, FIONBIO, new Uint32Array([1]));
  connect(socket, address, address.length);
  // WSAPOLLFD: the socket, and two words of 16 bits.
  const entry = new Int32Array([socket, 0, POLLWRNORM, 0]);
  WSAPoll(entry, 1, PATIENCE);
  // A socket that is not connected has nobody at the other end.
  return getpeername(socket, new Uint8Array(MOST), new Int32Array([MOST])) === 0;
}
