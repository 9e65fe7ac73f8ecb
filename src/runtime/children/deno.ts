import { isNodeChild, spawnByNode, wrapNode } from "./node.ts";
import type { ChildOrder, RuntimeChild, RuntimeChildren } from "./types.ts";

export const deno: RuntimeChildren = {
  startsInCgroup: false,

  spawn(order: ChildOrder): RuntimeChild {
    // Deno.Command has no argv0; its streams are three times as fast, so it does everything else.
    if (order.argv0 !== undefined) {
      mayRun(order.path);
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

/** node:child_process would tell of a refusal in an event only, after the turn of the start. */
function mayRun(path: string): void {
  const { state } = Deno.permissions.requestSync({ name: "run", command: path });
  if (state === "granted") return;
  const needed = `Requires run access to "${path}", run again with the --allow-run flag`;
  throw new Deno.errors.NotCapable(needed);
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
    ref: () => untilTaken(() => child.ref()),
    unref: () => over ? undefined : untilTaken(() => child.unref()),
  };
}

/** Between a child's end and the turn in which its status is told, Deno has nothing that could be held any more. */
function untilTaken(change: () => void): void {
  try {
    change();
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
