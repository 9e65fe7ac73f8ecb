// Children of node:child_process, which both runtimes have: wrapped where a program brings one, and started where
// Deno's own API lacks something (argv0).

import type { ChildProcess } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import type { ChildOrder, Ending, RuntimeChild, StreamMode } from "./types.ts";

interface Modules {
  childProcess: typeof import("node:child_process");
  stream: typeof import("node:stream");
}

// Built-in modules by name are there at once, and loaded only by those who need them.
function modules(): Modules {
  const { process } = globalThis as unknown as {
    process: { getBuiltinModule(name: string): unknown };
  };
  return {
    childProcess: process.getBuiltinModule("node:child_process") as Modules["childProcess"],
    stream: process.getBuiltinModule("node:stream") as Modules["stream"],
  };
}

const MODES = { piped: "pipe", inherit: "inherit", null: "ignore" } as const satisfies Record<
  StreamMode,
  string
>;

/** Starts a child by node:child_process. */
export function spawnByNode(
  order: ChildOrder,
  environment: Readonly<Record<string, string>>,
): RuntimeChild {
  const child = modules().childProcess.spawn(order.path, order.args, {
    argv0: order.argv0 ?? order.path,
    env: { ...(order.clearEnv ? {} : environment), ...order.env },
    stdio: [MODES[order.stdin], MODES[order.stdout], MODES[order.stderr]],
    detached: order.newSession,
    windowsHide: order.windowsHide,
    ...(order.cwd === undefined ? {} : { cwd: order.cwd }),
    ...(order.uid === undefined ? {} : { uid: order.uid }),
    ...(order.gid === undefined ? {} : { gid: order.gid }),
  });
  const wrapped = wrapNode(child);
  // At once: after the child's end its output would be lost.
  const [stdin, stdout, stderr] = [wrapped.stdin(), wrapped.stdout(), wrapped.stderr()];
  return { ...wrapped, stdin: () => stdin, stdout: () => stdout, stderr: () => stderr };
}

/** True for an object of node:child_process. */
export function isNodeChild(child: object): child is ChildProcess {
  return "pid" in child && "exitCode" in child && "signalCode" in child && "once" in child &&
    "stdio" in child;
}

/** A ChildProcess in the form that procref uses. */
export function wrapNode(child: ChildProcess): RuntimeChild {
  const ended = new Promise<Ending>((resolve, reject) => {
    const settle = () => resolve({ code: child.exitCode, signal: child.signalCode });
    if (reaped(child)) settle();
    child.once("exit", settle);
    child.once("error", reject);
  });
  ended.catch(() => {});
  return {
    // -1 never names a process: what did not start has no pid, and reports its error by `ended`.
    pid: child.pid ?? -1,
    ended,
    reaped: () => reaped(child),
    stdin: () => child.stdin === null ? undefined : writable(child.stdin),
    stdout: () => child.stdout === null ? undefined : readable(child.stdout),
    stderr: () => child.stderr === null ? undefined : readable(child.stderr),
    ref: () => child.ref(),
    unref: () => child.unref(),
  };
}

function reaped(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function readable(stream: Readable): ReadableStream<Uint8Array> {
  return modules().stream.Readable.toWeb(stream) as unknown as ReadableStream<Uint8Array>;
}

function writable(stream: Writable): WritableStream<Uint8Array> {
  return modules().stream.Writable.toWeb(stream) as unknown as WritableStream<Uint8Array>;
}
