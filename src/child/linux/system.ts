// A pidfd (pidfd_open(2)) opened in the turn that started the child: the runtime reaps in a later turn, so the pid
// can't have gone to another process. waitid(2) by pidfd with WNOWAIT looks without reaping.

import { checked } from "../../../ffi/libc.ts";
import { children } from "../../../ffi/libc_children.ts";
import { HeldByPidfd, openPidfd } from "../../process/linux.ts";
import { runtimeChildren } from "../../runtime/children/mod.ts";
import { checkDirectory, checkInterpreter, findProgram } from "../program.ts";
import type { StatusWords } from "../status.ts";
import type { ChildSystem } from "../system.ts";
import { admit } from "./gate.ts";
import { prepare } from "./launcher.ts";

const P_PIDFD = 3;
const WNOHANG = 1;
const WEXITED = 4;
const WNOWAIT = 0x1000000;
const F_DUPFD_CLOEXEC = 1030;

const CLD_EXITED = 1;
/** siginfo_t: 128 bytes; si_code at 8, si_pid at 16, si_status at 24 (64-bit). */
const SIGINFO_WORDS = 32;

function peek(descriptor: number): StatusWords | undefined {
  const info = new Int32Array(SIGINFO_WORDS);
  const result = children().waitid(P_PIDFD, descriptor, info, WEXITED | WNOHANG | WNOWAIT);
  // -1: reaped, or not our child. No pid: it still runs.
  if (result === -1 || info[4] === 0) return undefined;
  const [, , code, , , , status = 0] = info;
  return code === CLD_EXITED ? [status, 0] : [-1, status];
}

/** Linux, from 5.4 on. */
export const linux: ChildSystem = {
  open: openPidfd,
  duplicate: (descriptor) => checked(children().fcntl(descriptor, F_DUPFD_CLOEXEC, 0), "fcntl"),
  held: (pid, descriptor) => new HeldByPidfd(pid, descriptor),
  peek,
  spawn: (order) => runtimeChildren.spawn(order),
  prepare,
  admit,
  findProgram,
  checkDirectory,
  checkInterpreter,
};
