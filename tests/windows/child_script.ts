// A child that does what its arguments say.

import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
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
    const child = spawn("ping.exe", ["-n", "1000", "127.0.0.1"], {
      stdio: "ignore",
      detached: true,
      windowsHide: true,
    });
    child.unref();
    console.log(child.pid);
    setInterval(() => {}, 1000);
  },
  /** As `tree`, after a second, and into a file: whoever has started this has had time to take hold of it. */
  later() {
    setTimeout(() => {
      const child = spawn("ping.exe", ["-n", "1000", "127.0.0.1"], {
        stdio: "ignore",
        detached: true,
      });
      writeFileSync(rest[0] ?? "", `${child.pid}\n`);
    }, 1000);
    setInterval(() => {}, 1000);
  },
  /** Waits for Ctrl-C. */
  patient() {
    process.on("SIGINT", () => {
      console.log("interrupted");
      setTimeout(() => process.exit(5), 100);
    });
    console.log("in");
    setInterval(() => {}, 1000);
  },
  /** A child of its own, whose pid is in a file, and an end. */
  leaver() {
    const child = spawn("ping.exe", ["-n", "1000", "127.0.0.1"], {
      stdio: "ignore",
      detached: true,
    });
    writeFileSync(rest[0] ?? "", `${child.pid}`);
    process.exit(7);
  },
  /** One more in a file, after a moment in which others could come between. */
  count() {
    const before = Number(readFileSync(rest[0] ?? "", "utf8"));
    setTimeout(() => writeFileSync(rest[0] ?? "", `${before + 1}`), 50);
  },
  server() {
    const server = createServer((_, response) => response.end("hi"));
    server.listen(Number(rest[0]), "127.0.0.1", () => console.log("listening"));
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
