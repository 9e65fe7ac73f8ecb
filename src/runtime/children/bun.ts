import { isNodeChild, wrapNode } from "./node.ts";
import { type FileSink, onDemand, writableFrom } from "./streams.ts";
import type { ChildOrder, RuntimeChild, RuntimeChildren, StreamMode } from "./types.ts";

/** The parts of Bun.Subprocess that are used, declared here so that no type package is needed. */
interface Subprocess {
  readonly pid: number;
  readonly exited: Promise<number>;
  readonly exitCode: number | null;
  readonly signalCode: string | number | null;
  readonly stdin: unknown;
  readonly stdout: unknown;
  readonly stderr: unknown;
  ref(): void;
  unref(): void;
}

interface BunGlobals {
  Bun: { spawn(command: string[], options: Record<string, unknown>): Subprocess };
  process: { env: Environment };
}

type Environment = Readonly<Record<string, string | undefined>>;

function globals(): BunGlobals {
  return globalThis as unknown as BunGlobals;
}

const MODES = { piped: "pipe", inherit: "inherit", null: "ignore" } as const satisfies Record<
  StreamMode,
  string
>;

export const bun: RuntimeChildren = {
  startsInCgroup: () => true,

  spawn(order: ChildOrder): RuntimeChild {
    const { Bun } = globals();
    const child = wrapBun(Bun.spawn([order.path, ...order.args], {
      argv0: order.argv0,
      cwd: order.cwd,
      env: environment(order),
      stdin: MODES[order.stdin],
      stdout: MODES[order.stdout],
      stderr: MODES[order.stderr],
      uid: order.uid,
      gid: order.gid,
      detached: order.newSession,
      windowsHide: order.windowsHide,
      cgroup: order.cgroup,
    }));
    // At once: output that nobody reads would be collected without limit.
    const [stdin, stdout, stderr] = [child.stdin(), child.stdout(), child.stderr()];
    return { ...child, stdin: () => stdin, stdout: () => stdout, stderr: () => stderr };
  },

  wrap(child) {
    if (typeof child !== "object" || child === null) return undefined;
    if (isSubprocess(child)) return wrapBun(child);
    return isNodeChild(child) ? wrapNode(child) : undefined;
  },
};

/** Always given: without it Bun passes on the environment of the process's start (oven-sh/bun#34972). */
function environment({ env, clearEnv }: ChildOrder): Environment {
  if (clearEnv) return env;
  const present = globals().process.env;
  return Object.keys(env).length === 0 ? present : { ...present, ...env };
}

function isSubprocess(child: object): child is Subprocess {
  return "exited" in child && child.exited instanceof Promise && "signalCode" in child;
}

function wrapBun(child: Subprocess): RuntimeChild {
  return {
    pid: child.pid,
    ended: child.exited.then((code) => ({ code, signal: child.signalCode })),
    reaped: () => child.exitCode !== null || child.signalCode !== null,
    stdin: () => isSink(child.stdin) ? writableFrom(child.stdin) : undefined,
    stdout: () => readable(child.stdout),
    stderr: () => readable(child.stderr),
    ref: () => child.ref(),
    unref: () => child.unref(),
  };
}

function readable(stream: unknown): ReadableStream<Uint8Array> | undefined {
  return stream instanceof ReadableStream ? onDemand(stream) : undefined;
}

function isSink(value: unknown): value is FileSink {
  return typeof value === "object" && value !== null && "flush" in value && "end" in value;
}
