import type { ProcessIdentity } from "../../process/identity.ts";
import type { MemberInfo } from "../types.ts";
import type { Commands } from "./pass.ts";

/** A living process. */
export interface ListedProcess extends ProcessIdentity {
  /** Its process group. */
  readonly group: number;
}

/** A process group by its leader. */
export interface Leader extends ProcessIdentity {
  /** The leader's kernel handle, by which its number stays recognisable after its end. */
  readonly descriptor: number;
}

/** What a system tells of its processes, for trees in process groups. */
export interface ProcessTable {
  /** All that have not ended. */
  living(): ListedProcess[];
  /** When a process started, be it a zombie; undefined where there is none. */
  startTime(pid: number): string | undefined;
  /** Whether a variable of this form stood in a process's environment at its start. */
  isMarked(pid: number, mark: string): boolean;
  /** Milliseconds of CPU time, and bytes of memory at the most; undefined if it is gone. */
  usage(pid: number): { readonly cpuTime: number; readonly peakMemory: number } | undefined;
  /** A member as users see it; undefined if it is gone. */
  memberInfo(pid: number): MemberInfo | undefined;
  /** Sends a signal to a process group, or with 0 only asks. @returns 0 or an errno; ESRCH: nobody is in it. */
  sendToGroup(leader: Leader, number: number): number;
  /** A start time as the shell's command writes it. */
  written(startTime: string): string;
  /** What a shell asks by. */
  readonly commands: Commands;
}
