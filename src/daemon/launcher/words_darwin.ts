import { processes } from "../../../ffi/libc.ts";
import { beginningOf } from "../../file/darwin.ts";
import { processInfo } from "../../process/darwin.ts";

/**
 * The command line of a process; empty where there is none. A program with another user's rights (set-user-ID) keeps it
 * to itself (kern_sysctl.c, sysctl_procargsx): its name stands for it.
 */
export function commandLineOf(pid: number): readonly string[] {
  const info = processInfo(pid);
  if (info !== undefined && info.owner !== processes().geteuid()) return [info.name];
  return beginningOf(pid)?.commandLine ?? [];
}
