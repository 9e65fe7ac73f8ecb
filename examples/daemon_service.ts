// A shared service that is a daemon: the first client starts it, and it belongs to no client. It has a pid file and a
// log like any daemon, so other tools find it; the last client, or the guardian, stops it.
//
//   deno run -A examples/daemon_service.ts      (or: bun examples/daemon_service.ts), as often as you like at once

import process from "node:process";
import { spawnDaemon, stopDaemon } from "@procref/procref/daemon";
import { SharedService } from "@procref/procref/service";

const stem = process.env["EXAMPLE_STEM"] ?? `/tmp/procref-clock-${process.getuid?.()}`;
const pidFile = `${stem}.pid`;

const clock = new SharedService(`clock ${stem}`, {
  async onFirstAcquire() {
    const { pid } = await spawnDaemon("sh", {
      args: ["-c", "echo ticking; while :; do date; sleep 1; done"],
      pidFile,
      log: `${stem}.log`,
      ready: { line: "ticking" },
    });
    return { pid, metadata: { log: `${stem}.log` } };
  },
  async onLastRelease() {
    await stopDaemon(pidFile);
  },
});

await using handle = await clock.acquire();
console.log(
  `The clock is pid ${handle.pid}, ${clock.count()} of us read ${handle.info.metadata?.["log"]}`,
);
await new Promise((resolve) => setTimeout(resolve, Number(process.argv[2] ?? 3) * 1000));
