// The protocol of sd_notify(3): lines of NAME=VALUE in one datagram to a Unix socket.

import { LINUX } from "../../../ffi/numbers/linux.ts";
import { POSIX } from "../../../ffi/numbers/mod.ts";
import { checked, files } from "../../../ffi/libc.ts";
import { sockets } from "../../../ffi/libc_sockets.ts";
import { daemons } from "../../../ffi/libc_daemon.ts";
import { platform } from "../../../ffi/platform.ts";
import { close } from "../../file/posix.ts";

const { AF_UNIX, CLOCK_MONOTONIC, F_SETFD, FD_CLOEXEC, SOCK_DGRAM } = POSIX;
// macOS has a byte for an address's length before its family, and neither flag: the runtimes ignore SIGPIPE.
const isBsd = platform === "darwin";
const AT_ONCE = isBsd ? 0 : LINUX.SOCK_CLOEXEC;
const FLAGS = isBsd ? 0 : LINUX.MSG_NOSIGNAL;

/** Sends one message. @throws {SystemError} Nobody is there to take it. */
export function notify(socketName: Uint8Array, fields: Readonly<Record<string, string>>): void {
  // A line's end inside a value would begin the next field.
  const lines = Object.entries(fields).map(([name, value]) =>
    `${name}=${value.replaceAll(/\s+/g, " ")}`
  );
  const message = new TextEncoder().encode(lines.join("\n"));
  const address = new Uint8Array(2 + socketName.length); // struct sockaddr_un { u16 family; char path[]; }
  address.set(isBsd ? [address.length, AF_UNIX] : [AF_UNIX, 0]);
  address.set(socketName, 2);
  const socket = checked(sockets().socket(AF_UNIX, SOCK_DGRAM | AT_ONCE, 0), "socket");
  try {
    if (isBsd) files().fcntl(socket, F_SETFD, FD_CLOEXEC);
    const { sendto } = daemons();
    checked(
      sendto(socket, message, message.length, FLAGS, address, address.length),
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
