// From an order to a chain of calls. A call that fails sets errno, of which the child keeps a copy after each. The
// program's path is put together in the child, with errno in it, so that after any failure it names a file that is
// nowhere: no program runs half prepared.

import { birth as bindings } from "../../../../ffi/libc_birth.ts";
import { cstring, errno, restarted } from "../../../../ffi/libc.ts";
import { children } from "../../../../ffi/libc_children.ts";
import { native } from "../../../../ffi/mod.ts";
import { LINUX, SIGACTION, SIGINFO } from "../../../../ffi/numbers/linux.ts";
import { SystemError } from "../../../../ffi/errors.ts";
import { close } from "../../../file/posix.ts";
import type { ChildOrder } from "../types.ts";
import { bear, type Birth, type ChildsCall } from "./chain.ts";
import { Memory } from "./memory.ts";
import { variablesWith } from "./variables.ts";

const { P_PIDFD, SIGPIPE, WEXITED } = LINUX;
const FAILED = 127;
const SLASH = 0x2f;
const ERRNO_BYTES = 4;

/**
 * A descriptor of ours for the child; undefined: it inherits the one of that number; empty, for standard input alone:
 * it opens `/dev/null` for itself, which spares us two calls.
 */
export type ChildsStream = number | "empty" | undefined;

/** What the child is given. */
export interface Given {
  /** The cgroup's directory, open. */
  readonly cgroup: number;
  /** 0, 1 and 2. */
  readonly streams: readonly ChildsStream[];
}

/** Starts the program. @throws {SystemError} The first call that failed. */
export function start(order: ChildOrder, { cgroup, streams }: Given): Birth {
  const memory = new Memory();
  const failure = Number(native.numberOf(bindings().__errno_location()));
  const name = cstring(order.path);
  // "/", perhaps a byte of errno, the rest of the path, and a NUL.
  const path = new Uint8Array(new ArrayBuffer(name.length + 1));
  path[0] = SLASH;
  const steps = [...preparations(order, streams, memory)];
  // errno after each step and after execve.
  const report = new Int32Array(new ArrayBuffer(ERRNO_BYTES * (steps.length + 1)));
  const [pathAt, reportAt] = [memory.of(path), memory.of(report)];
  const note = (step: number): ChildsCall => {
    return ["memcpy", reportAt + ERRNO_BYTES * step, failure, ERRNO_BYTES];
  };
  const arguments_ = memory.texts([order.argv0 ?? order.path, ...order.args]);
  const variables = variablesWith(order.env, order.clearEnv, memory);
  const calls: ChildsCall[] = [
    // A program that was started without a standard input has none to close.
    ...(streams[0] === "empty" ? [["close", 0] as const] : []),
    ["memset", failure, 0, ERRNO_BYTES],
    ...steps.flatMap((call, step) => [call, note(step)]),
    ["strcpy", pathAt + 1, failure],
    ["strcat", pathAt, memory.of(name) + 1],
    ["execve", pathAt, arguments_, variables],
    note(steps.length),
    ["_exit", FAILED],
  ];
  const born = memory.whileKept(() => bear(calls, cgroup));
  if (born.pid === -1) throw new SystemError("clone3", errno(), `for ${order.path}`);
  const failed = report.findIndex((number) => number !== 0);
  if (failed === -1) return born;
  reap(born);
  const [call] = steps[failed] ?? ["execve"];
  throw new SystemError(call, report[failed] ?? 0, `in a child for ${order.path}`);
}

/** Waits for one that ends without having become its program. */
function reap({ pidfd }: Birth): void {
  const info = new Int32Array(SIGINFO.size / 4);
  restarted(() => children().waitid(P_PIDFD, pidfd, info, WEXITED));
  close(pidfd);
}

/** What the child does before its program runs. */
function* preparations(
  order: ChildOrder,
  streams: Given["streams"],
  memory: Memory,
): Generator<ChildsCall> {
  for (const [number, descriptor] of streams.entries()) {
    // What is opened gets the lowest number that is free: 0.
    if (descriptor === "empty") yield ["open", memory.text("/dev/null"), LINUX.O_RDONLY];
    else if (descriptor !== undefined) yield ["dup2", descriptor, number];
  }
  if (order.newSession) yield ["setsid"];
  if (order.cwd !== undefined) yield ["chdir", memory.text(order.cwd)];
  // Deno ignores it for itself. What has handlers is reset by the birth.
  yield ["sigaction", SIGPIPE, memory.of(new Uint8Array(new ArrayBuffer(SIGACTION.room))), 0];
}
