import { processes } from "../../../ffi/libc.ts";
import { UnsupportedError } from "../../../ffi/errors.ts";
import { platform } from "../../../ffi/platform.ts";
import { runtime } from "../../runtime/mod.ts";
import { program } from "../../runtime/program/mod.ts";

const VARIABLE = "NOTIFY_SOCKET";
const isBsd = platform === "darwin";
const LONGEST = isBsd ? 103 : 107; // bytes: sun_path holds one more (unix(7), <sys/un.h>)

/** Who looks after this process. */
export interface Supervision {
  /** Where it wants to be told (sd_notify(3)); undefined where nobody does. */
  readonly socket: Uint8Array | undefined;
  /** True if the process that was started has to be the daemon. */
  readonly wantsThisProcess: boolean;
}

/**
 * Looks whether a supervisor has started this process. systemd's `Type=notify` and its likes set `NOTIFY_SOCKET`; they
 * follow the process they have started. Pid 1 is a container's: when it ends, the container does.
 *
 * @throws {UnsupportedError} The socket is of a kind that we can't write to.
 */
export function supervision(): Supervision {
  if (runtime.platform === "windows") return { socket: undefined, wantsThisProcess: false };
  const address = runtime.variable(VARIABLE);
  const socket = address === undefined || address === "" ? undefined : socketName(address);
  // The daemon's children have nothing to tell there.
  if (socket !== undefined) program.forgetVariable(VARIABLE);
  const first = processes().getpid() === 1;
  return { socket, wantsThisProcess: socket !== undefined || first };
}

/** An environment for a process that the supervisor of this one is not to look after. */
export function unsupervised(environment: Record<string, string>): Record<string, string> {
  const { [VARIABLE]: _, ...rest } = environment;
  return rest;
}

/** The bytes of sun_path: a path, or after `@` the name of an abstract socket of Linux, which begins with NUL (unix(7)). */
function socketName(address: string): Uint8Array {
  const bytes = new TextEncoder().encode(address);
  if ((isBsd ? /^\/./ : /^[/@]./).test(address) && bytes.length <= LONGEST) {
    if (address.startsWith("@")) bytes[0] = 0;
    return bytes;
  }
  throw new UnsupportedError(
    `${VARIABLE}=${address}`,
    `AF_UNIX: a path${isBsd ? "" : " or @name"} of up to ${LONGEST} bytes`,
  );
}
