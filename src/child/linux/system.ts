// A pidfd (pidfd_open(2)) opened in the turn that started the child: the runtime reaps in a later turn, so the pid
// can't have gone to another process. waitid(2) by pidfd with WNOWAIT looks without reaping.

import { LINUX, SIGINFO } from "../../../ffi/numbers/linux.ts";
import { checked, files } from "../../../ffi/libc.ts";
import { children } from "../../../ffi/libc_children.ts";
import { HeldByPidfd, openPidfd } from "../../process/pidfd.ts";
import { runtimeChildren } from "../../runtime/children/mod.ts";
import { prepare } from "../launcher.ts";
import { checkDirectory, checkProgram, findProgram, namedProgram } from "../program.ts";
import type { StatusWords } from "../status.ts";
import type { ChildSystem } from "../system.ts";
import { admit } from "./gate.ts";

const { CLD_EXITED, F_DUPFD_CLOEXEC, P_PIDFD, WEXITED, WNOHANG, WNOWAIT } = LINUX;
const { si_code, si_pid, si_status } = SIGINFO.at;

function peek(_pid: number, descriptor: number): StatusWords | undefined {
  const info = new Int32Array(SIGINFO.size / 4);
  const result = children().waitid(P_PIDFD, descriptor, info, WEXITED | WNOHANG | WNOWAIT);
  // -1: reaped, or not our child. No pid: it still runs.
  if (result === -1 || info[si_pid / 4] === 0) return undefined;
  const status = info[si_status / 4] ?? 0;
  return info[si_code / 4] === CLD_EXITED ? [status, 0] : [-1, status];
}

function duplicate(descriptor: number): number {
  return checked(files().fcntl(descriptor, F_DUPFD_CLOEXEC, 0), "fcntl");
}

/** Linux, from 5.4 on. */
export const linux: ChildSystem = {
  open: openPidfd,
  handleOf: ({ pidfd }) => pidfd === undefined ? undefined : duplicate(pidfd),
  duplicate,
  held: (pid, descriptor) => new HeldByPidfd(pid, descriptor),
  remembersEnd: false,
  peek,
  spawn: (order) => runtimeChildren.spawn(order),
  prepare,
  admit,
  findProgram,
  namedProgram,
  checkDirectory,
  checkProgram,
};
