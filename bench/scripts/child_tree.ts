// child_tree.ts procref|execa|tree-kill: for each line `COUNT TRICK TAG` starts a tree, kills it in its own way, and
// answers with the milliseconds of the kill and the number of survivors. TRICK: flat (COUNT plain children) or session
// (each child moves into a session of its own).

import process from "node:process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { ProcessGroup } from "../../src/group/mod.ts";
import { survivors } from "../../tests/group/trees.ts";
import { answer } from "./lines.ts";

const [, , way = ""] = process.argv;

interface Tree {
  kill(): Promise<void>;
  /** What is not part of the measurement. */
  close?(): Promise<void>;
}

function script(count: number, trick: string, tag: string): string[] {
  const own = trick === "session" ? "setsid " : "";
  const body =
    `i=0; while [ $i -lt ${count} ]; do ${own}sleep 600.${tag} & i=$((i+1)); done; wait; exec sleep 603.${tag}`;
  return ["-c", body, tag];
}

const WAYS: Record<string, (args: string[]) => Promise<Tree>> = {
  async procref(args) {
    const group = await ProcessGroup.create();
    await group.spawn("sh", { args, stdin: "null" });
    return {
      kill: () => group.killAll(),
      close: () => group[Symbol.asyncDispose](),
    };
  },

  async execa(args) {
    const { execa } = await import("execa");
    // forceKillAfterDelay is for what ignores SIGTERM; these trees obey at once.
    const child = execa("sh", args, {
      stdio: "ignore",
      reject: false,
      killDescendants: true,
      cleanup: true,
    });
    return {
      async kill() {
        child.kill("SIGKILL");
        await child;
      },
    };
  },

  async "tree-kill"(args) {
    const { default: treeKill } = await import("tree-kill");
    const child = spawn("sh", args, { stdio: "ignore" });
    return {
      async kill() {
        const ended = once(child, "exit");
        await new Promise<void>((resolve) => treeKill(child.pid ?? 0, "SIGKILL", () => resolve()));
        await ended;
      },
    };
  },
};

const start = WAYS[way];
if (start === undefined) throw new Error(`No such way: ${way}`);

const standing = async (count: number, tag: string) => {
  while (survivors([tag]).length < count) await new Promise((resolve) => setTimeout(resolve, 30));
};

await answer(async (line) => {
  const [count = "", trick = "", tag = ""] = line.split(" ");
  const tree = await start(script(Number(count), trick, tag));
  await standing(Number(count) + 1, tag);
  const begin = performance.now();
  await tree.kill();
  const time = performance.now() - begin;
  // What is only dying is no survivor.
  await new Promise((resolve) => setTimeout(resolve, 100));
  const left = survivors([tag]);
  for (const pid of left) process.kill(pid, "SIGKILL");
  await tree.close?.();
  return `${time} ${left.length}`;
});
process.exit(0);
