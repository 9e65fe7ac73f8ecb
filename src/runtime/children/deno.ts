import { platform } from "../../../ffi/platform.ts";
import { isNodeChild, spawnByNode, wrapNode } from "./node.ts";
import type { ChildOrder, RuntimeChild, RuntimeChildren } from "./types.ts";

type Births = typeof import("./birth/mod.ts");

/** Loaded by those who need it; null where this C library has not what it takes. */
let births: Births | null | undefined;

export const deno: RuntimeChildren = {
  async prepareBirths() {
    if (births !== undefined || platform !== "linux") return;
    const loaded = await import("./birth/mod.ts");
    births = loaded.chainsAreThere() ? loaded : null;
  },

  // setuid(2) of a child that still uses our memory would change what others may do with it (commit_creds() in
  // kernel/cred.c).
  startsInCgroup: (user) => births != null && user?.uid === undefined && user?.gid === undefined,

  spawn(order: ChildOrder): RuntimeChild {
    if (order.cgroup !== undefined && births != null) {
      if (!order.unasked) mayRun(order);
      return births.bearChild({ ...order, cgroup: order.cgroup });
    }
    // Deno.Command has no argv0; its streams are three times as fast, so it does everything else.
    if (order.argv0 !== undefined) {
      mayRun(order);
      return spawnByNode(order, Deno.env.toObject());
    }
    const { stdin, stdout, stderr } = order;
    const child = new Deno.Command(order.path, {
      args: [...order.args],
      env: { ...order.env },
      clearEnv: order.clearEnv,
      stdin,
      stdout,
      stderr,
      detached: order.newSession,
      ...(order.cwd === undefined ? {} : { cwd: order.cwd }),
      ...(order.uid === undefined ? {} : { uid: order.uid }),
      ...(order.gid === undefined ? {} : { gid: order.gid }),
    }).spawn();
    return wrapDeno(child);
  },

  wrap(child) {
    if (child instanceof Deno.ChildProcess) return wrapDeno(child);
    return typeof child === "object" && child !== null && isNodeChild(child)
      ? wrapNode(child)
      : undefined;
  },
};

/** Deno.Command asks for itself; node:child_process would tell of a refusal in an event, after the turn of the start. */
function mayRun({ path, env }: ChildOrder): void {
  const { state } = Deno.permissions.requestSync({ name: "run", command: path });
  const needed = "run again with the --allow-run flag";
  if (state !== "granted") {
    throw new Deno.errors.NotCapable(`Requires run access to "${path}", ${needed}`);
  }
  const loads = Object.keys(env).find((name) => /^(LD|DYLD)_/.test(name));
  if (loads === undefined) return;
  // What a library is loaded from is as good as a program: for all or for none.
  if (Deno.permissions.querySync({ name: "run" }).state === "granted") return;
  throw new Deno.errors.NotCapable(
    `Requires run access to all programs to set ${loads}, ${needed}`,
  );
}

function wrapDeno(child: Deno.ChildProcess): RuntimeChild {
  const { status } = child;
  const ended = status.then(({ code, signal }) => ({ code, signal }), (error) => {
    // A real-time signal has no name in Deno.
    const number = /^Invalid signal: (\d+)$/.exec(String(error?.message))?.[1];
    if (number === undefined) throw error;
    return { code: null, signal: Number(number) };
  });
  // Deno's unref() takes the hold off the streams as well: after the end, what is left in them must be readable.
  let over = false;
  const finish = () => {
    over = true;
    child.ref();
  };
  ended.then(finish, finish);
  return {
    pid: child.pid,
    ended,
    // No property tells it; the text of a promise does, in the same turn in which Deno reaped the child.
    reaped: () => !Deno.inspect(status).includes("<pending>"),
    stdin: () => piped(() => child.stdin),
    stdout: () => piped(() => child.stdout),
    stderr: () => piped(() => child.stderr),
    ref: () => unlessReaped(() => child.ref()),
    unref: () => over ? undefined : unlessReaped(() => child.unref()),
  };
}

/** Between the reaping and the turn in which its promise tells of it, Deno knows the child no more and throws. */
function unlessReaped(body: () => void): void {
  try {
    body();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}

/** The stream, or undefined where asking for it is an error because it is not piped. */
function piped<Stream>(stream: () => Stream): Stream | undefined {
  try {
    return stream();
  } catch {
    return undefined;
  }
}
