/**
 * Children that are born in a cgroup, in Deno on Linux.
 *
 * @module
 */

import { pipe } from "../../../file/descriptors.ts";
import { close, OPEN, open } from "../../../file/posix.ts";
import type { ChildOrder, RuntimeChild, StreamMode } from "../types.ts";
import { BornChild } from "./child.ts";
import { readableFrom, writableTo } from "./pipe.ts";
import { type ChildsStream, start } from "./start.ts";

export { chainsAreThere } from "./chain.ts";

/** One standard stream: the child's end as the child gets it, and ours if it is piped. */
interface Stream {
  readonly childs: ChildsStream;
  readonly ours: number | undefined;
}

/** Starts a child in the cgroup of its order. @throws {SystemError} */
export function bearChild(order: ChildOrder & { readonly cgroup: string }): RuntimeChild {
  const streams: Stream[] = [];
  let cgroup = -1;
  try {
    streams.push(streamOf(order.stdin, "in"));
    streams.push(streamOf(order.stdout, "out"), streamOf(order.stderr, "out"));
    cgroup = open(order.cgroup, OPEN.readOnly);
    const child = new BornChild(
      start(order, { cgroup, streams: streams.map(({ childs }) => childs) }),
    );
    const [stdin, stdout, stderr] = streams.map(({ ours }) => ours);
    const ends = {
      stdin: stdin === undefined ? undefined : writableTo(stdin),
      stdout: stdout === undefined ? undefined : readableFrom(stdout, child.ended),
      stderr: stderr === undefined ? undefined : readableFrom(stderr, child.ended),
    };
    return {
      pid: child.pid,
      pidfd: child.pidfd,
      ended: child.ended,
      reaped: () => child.reaped(),
      stdin: () => ends.stdin,
      stdout: () => ends.stdout,
      stderr: () => ends.stderr,
      ref: () => child.ref(),
      unref: () => child.unref(),
    };
  } catch (error) {
    for (const { ours } of streams) if (ours !== undefined) close(ours);
    throw error;
  } finally {
    for (const { childs } of streams) if (typeof childs === "number") close(childs);
    if (cgroup !== -1) close(cgroup);
  }
}

function streamOf(mode: StreamMode, direction: "in" | "out"): Stream {
  if (mode === "inherit") return { childs: undefined, ours: undefined };
  if (mode === "null") {
    if (direction === "in") return { childs: "empty", ours: undefined };
    return { childs: open("/dev/null", OPEN.writeOnly), ours: undefined };
  }
  const { readEnd, writeEnd } = pipe();
  return direction === "in"
    ? { childs: readEnd, ours: writeEnd }
    : { childs: writeEnd, ours: readEnd };
}
