// The numbers of this system, for code that is the same on all POSIX systems. What only one system has, its own
// code takes from its own file.

import { architecture, platform } from "../platform.ts";
import { LINUX, LINUX_ON, SEMID_DS as LINUX_SEMID_DS, SIGINFO as LINUX_SIGINFO } from "./linux.ts";
import type { Layout } from "./types.ts";

type Darwin = typeof import("./darwin.ts");
type Names = Extract<keyof typeof LINUX, keyof Darwin["DARWIN"]>;

// Another system's numbers are loaded only there.
const darwin: Darwin | undefined = platform === "darwin" ? await import("./darwin.ts") : undefined;

/** The constants that Linux and macOS both have. */
export const POSIX: { readonly [Name in Names]: number } = darwin?.DARWIN ?? LINUX;

/** open(2): not through a link. On Linux its number depends on the processor. */
export const O_NOFOLLOW: number = darwin?.DARWIN.O_NOFOLLOW ?? LINUX_ON[architecture].O_NOFOLLOW;

/** posix_spawn(2) of macOS: the child gets no descriptor that no file action names. Nothing elsewhere. */
export const SPAWN_CLOEXEC_DEFAULT: number = darwin?.DARWIN.POSIX_SPAWN_CLOEXEC_DEFAULT ?? 0;

/** What IPC_STAT tells of a semaphore set. */
export const SEMID_DS: Like<typeof LINUX_SEMID_DS> = darwin?.SEMID_DS ?? LINUX_SEMID_DS;

/** What waitid(2) tells. */
export const SIGINFO: Like<typeof LINUX_SIGINFO> = darwin?.SIGINFO ?? LINUX_SIGINFO;

type Like<Of extends Layout> = {
  readonly [Part in keyof Of]: Part extends "at" ? { readonly [Name in keyof Of["at"]]: number }
    : Part extends "name" ? string
    : number;
};

export {
  POLLFD,
  SEMBUF,
  SIGACTION,
  SIGSET,
  SPAWN_ACTIONS,
  SPAWN_ATTRIBUTES,
  TIMESPEC,
} from "./linux.ts";
