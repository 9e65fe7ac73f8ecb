// The protocol of sd_notify(3): lines of NAME=VALUE in one datagram to a Unix socket.

import { LINUX } from "../../../ffi/numbers/linux.ts";
import { checked, sockets } from "../../../ffi/libc.ts";
import { daemons } from "../../../ffi/libc_daemon.ts";
import { close } from "../../file/posix.ts";

const { AF_UNIX, CLOCK_MONOTONIC, MSG_NOSIGNAL, SOCK_CLOEXEC, SOCK_DGRAM } = LINUX;

/** Sends one message. @throws {SystemError} Nobody is there to take it. */
export function notify(socketName: Uint8Array, fields: Readonly<Record<string, string>>): void {
  // A line's end inside a value would begin the next field.
  const lines = Object.entries(fields).map(([name, value]) =>
    `${name}=${value.replaceAll(/\s+/g, " ")}`
  );
  const message = new TextEncoder().encode(lines.join("\n"));
  const address = new Uint8Array(2 + socketName.length); // struct sockaddr_un { u16 family; char path[]; }
  new DataView(address.buffer).setUint16(0, AF_UNIX, true);
  address.set(socketName, 2);
  const socket = checked(sockets().socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), "socket");
  try {
    const { sendto } = daemons();
    checked(
      sendto(socket, message, message.length, MSG_NOSIGNAL, address, address.length),
      "sendto",
      "for NOTIFY_SOCKET",
    );
  } finally {
    close(socket);
  }
}

/** What a supervisor is told when the daemon is ready. */
export function readyFields(message: string, daemon: number): Record<string, string> {
  const status: Record<string, string> = message === "" ? {} : { STATUS: message };
  return { READY: "1", MAINPID: String(daemon), ...status };
}

/** What it is told when a reload begins: the time tells it from an earlier one (Type=notify-reload). */
export function reloadingFields(): Record<string, string> {
  const time = new BigUint64Array(2); // struct timespec { time_t sec; long nsec; }
  checked(daemons().clock_gettime(CLOCK_MONOTONIC, time), "clock_gettime");
  const [seconds = 0n, nanoseconds = 0n] = time;
  return { RELOADING: "1", MONOTONIC_USEC: String(seconds * 1_000_000n + nanoseconds / 1000n) };
}
