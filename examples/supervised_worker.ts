// A worker that crashes on one job and hangs on another is kept running: killed when it is no longer heard of, and
// started again with pauses that grow. Ctrl-C, a crash and kill -9 of this process leave nothing of it behind.
//
//   deno run -A examples/supervised_worker.ts        (or: bun examples/supervised_worker.ts)

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import process from "node:process";
import { Command, Supervisor } from "@procref/procref/command";

// Put your own program in the place of this one. It takes the jobs of a file one by one.
const WORKER = `
  while [ -s "$JOBS" ]; do
    job=$(head -n 1 "$JOBS")
    sed -i 1d "$JOBS"
    case $job in
      crash) echo "out of memory" >&2; exit 1 ;;
      hang) echo "waiting for a lock that nobody frees"; exec sleep 1000 ;;
      *) echo "$job is done"; sleep 0.1 ;;
    esac
  done
  echo "nothing left to do"`;

const directory = mkdtempSync("/tmp/procref-worker-");
const jobs = `${directory}/jobs`;
writeFileSync(jobs, "one\ntwo\ncrash\nthree\nhang\nfour\n");

let heard = performance.now();
const worker = new Command("sh", {
  args: ["-c", WORKER],
  env: { JOBS: jobs },
  onStdoutLine(line) {
    heard = performance.now();
    console.log(`  ${line}`);
  },
});

const supervisor = new Supervisor(worker, {
  maxRestarts: 5,
  backoff: 100,
  healthCheck: { check: () => performance.now() - heard < 1000, every: 250, failures: 2 },
  stormGuard: { pause: 10_000 },
});

async function report(): Promise<void> {
  for await (const event of supervisor.events()) {
    if (event.type === "started") heard = performance.now();
    const details = Object.entries(event).filter(([name]) => name !== "type");
    console.log(event.type, details.map(([name, value]) => `${name} ${value}`).join(", "));
  }
}

const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => stop.abort(new Error(`Stopped by ${signal}`)));
}

try {
  const [{ stopped, restarts, unhealthy }] = await Promise.all([
    supervisor.run({ signal: stop.signal }),
    report(),
  ]);
  console.log(`${stopped}: ${restarts} restarts, ${unhealthy} of them because it hung`);
} finally {
  rmSync(directory, { recursive: true });
}
process.exit(0);
