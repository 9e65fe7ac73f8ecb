// Addresses of sockets as the system reads them: ip(7), ipv6(7), unix(7); ws2def.h, ws2ipdef.h and afunix.h on Windows.
// Each system has them in the same places, but for its families' numbers, and BSD's byte for the length.

import { SOCKADDR_IN, SOCKADDR_IN6 } from "../../ffi/numbers/linux.ts";
import { platform } from "../../ffi/platform.ts";

const isBsd = platform === "darwin";
const SUN_PATH = isBsd ? 104 : 108; // bytes, a NUL among them

/** What holds each of them, in bytes. */
export const MOST: number = 2 + SUN_PATH;

/** A port of 127.0.0.1. */
export function loopback(family: number, port: number): Uint8Array<ArrayBuffer> {
  const address = blank(family, SOCKADDR_IN.size);
  new DataView(address.buffer).setUint16(SOCKADDR_IN.at.sin_port, port);
  address.set([127, 0, 0, 1], SOCKADDR_IN.at.sin_addr);
  return address;
}

/** A port of ::1. */
export function loopback6(family: number, port: number): Uint8Array<ArrayBuffer> {
  const address = blank(family, SOCKADDR_IN6.size);
  new DataView(address.buffer).setUint16(SOCKADDR_IN6.at.sin6_port, port);
  address[SOCKADDR_IN6.at.sin6_addr + 15] = 1;
  return address;
}

/** The port of an address. */
export function portOf(address: Uint8Array<ArrayBuffer>): number {
  return new DataView(address.buffer).getUint16(SOCKADDR_IN.at.sin_port);
}

/** A socket in the file system. @throws {RangeError} The path is too long. */
export function socketAt(family: number, path: string): Uint8Array<ArrayBuffer> {
  const name = new TextEncoder().encode(path);
  if (name.length >= SUN_PATH) {
    throw new RangeError(`A socket's path has at most ${SUN_PATH - 1} bytes: ${path}`);
  }
  const address = blank(family, MOST);
  address.set(name, 2);
  return address;
}

/** An address that says no more than its family. */
function blank(family: number, size: number): Uint8Array<ArrayBuffer> {
  const address = new Uint8Array(size);
  address.set(isBsd ? [size, family] : [family]);
  return address;
}
