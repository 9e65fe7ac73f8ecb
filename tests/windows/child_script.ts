// A child that does what its arguments say.

import { spawn } from "node:child_process";
import process from "node:process";

const [order = "", ...rest] = process.argv.slice(2);

const orders: Record<string, () => void> = {
  arguments: () => console.log(JSON.stringify(rest)),
  environment: () => console.log(JSON.stringify(process.env)),
  directory: () => console.log(process.cwd()),
  echo: () => void process.stdin.pipe(process.stdout),
  much: () => void process.stdout.write("x".repeat(Number(rest[0]))),
  both() {
    console.log("out");
    console.error("err");
  },
  /** A child of its own, that is not among what its runtime ends with it. */
  tree() {
    const child = spawn("cmd.exe", ["/q", "/c", "pause"], {
      stdio: ["ignore", "ignore", "ignore"],
      detached: true,
      windowsHide: true,
    });
    child.unref();
    console.log(child.pid);
    setInterval(() => {}, 1000);
  },
  /** A process that owns a group, and tells who is in it. */
  async owner() {
    const { ProcessGroup } = await import("../../src/group/mod.ts");
    const group = await ProcessGroup.create();
    const child = await group.spawn("cmd.exe", {
      args: ["/q", "/c", "pause"],
      stdin: "piped",
      stdout: "null",
    });
    console.log(child.pid);
    setInterval(() => {}, 1000);
  },
};
orders[order]?.();
