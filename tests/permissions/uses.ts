// One use of one feature, by a Deno program with the permissions that the test gives it. Tells "true" in its last
// line, or how it was refused.

import process from "node:process";
import { SharedChild, type SpawnOptions } from "@procref/procref/child";
import { main } from "@procref/procref/cli";
import { Command } from "@procref/procref/command";
import { openCounter } from "@procref/procref/counter";
import {
  daemonStatus,
  lockPidFile,
  readPidFile,
  spawnDaemon,
  type SpawnDaemonOptions,
  stopDaemon,
} from "@procref/procref/daemon";
import { type GroupOptions, hostContainment, ProcessGroup } from "@procref/procref/group";
import { identify, isAlive, stop } from "@procref/procref/process";
import {
  commandService,
  type CommandServiceOptions,
  hostReport,
  listServices,
  SharedService,
} from "@procref/procref/service";
import { Mutex, SharedMemory } from "@procref/procref/sync";
import { sharedFixture } from "@procref/procref/testing";

const [use = "", name = "", deno = "", pidFile = "", free = ""] = process.argv.slice(2);
const SERVER = "Deno.serve({ hostname: '127.0.0.1', port: {port} }, () => new Response('here'))";

const uses: Record<string, () => boolean | Promise<boolean>> = {
  process: async () => {
    const self = identify(process.pid);
    return self !== undefined && isAlive(self) && await stop(999_999_999) === "gone";
  },
  counter: () => {
    using counter = openCounter(name);
    return counter.acquire() === 1 && counter.release() === 0;
  },
  sync: async () => {
    using mutex = Mutex.open(name);
    using memory = SharedMemory.open(name, { size: 8 });
    await mutex.synchronize(() => memory.setInt32(0, 7));
    Mutex.unlink(name);
    SharedMemory.unlink(name);
    return memory.getInt32(0) === 7;
  },
  callbacks: async () => {
    const info = { pid: process.pid };
    const service = new SharedService(name, { onFirstAcquire: () => info, onLastRelease() {} });
    await using handle = await service.acquire();
    return handle.pid === process.pid && (await service.status()).count === 1;
  },
  inspection: async () => (await listServices()).length >= 0 && hostReport().features.length > 0,
  command: () => serves({ command: ["sleep", "600"] }),
  port: () => serves({ command: [deno, "eval", SERVER], port: "free" }),
  http: () => {
    const ready = { http: "http://127.0.0.1:{port}/" };
    return serves({ command: [deno, "eval", SERVER], port: "free", ready });
  },
  log: () => {
    const ready = { line: "up" };
    return serves({ command: ["sh", "-c", "echo up; sleep 600"], ready });
  },
  fixture: async () => {
    const service = commandService(name, { command: ["sleep", "600"] });
    return isAlive((await sharedFixture(service)).pid);
  },
  pidFile: async () => {
    using lock = lockPidFile(pidFile);
    return await readPidFile(lock.path) === process.pid && (await daemonStatus(pidFile)).running;
  },
  daemon: () => becomes("sleep", { args: ["600"] }),
  daemonHttp: async () => {
    const port = Number(free);
    const ready = { http: "http://127.0.0.1:{port}/" };
    return await becomes(deno, { args: ["eval", SERVER], port, ready });
  },
  run: async () => await new Command("echo", { args: ["here"] }).run() === "here",
  preload: async () => {
    const env = { LD_LIBRARY_PATH: "/nowhere" };
    return await new Command("echo", { args: ["here"], env }).run() === "here";
  },
  runHttp: async () => {
    const args = ["eval", SERVER.replace("{port}", free)];
    await using program = await new Command(deno, { args, stderr: "null" }).start();
    await program.waitForHttp(`http://127.0.0.1:${free}/`);
    return isAlive(program.pid);
  },
  cliLook: async () => await succeeds("list") && await succeeds("doctor"),
  cliRun: () => succeeds("run", "--", "true"),
  cliLock: async () => {
    const done = await succeeds("lock", name, "--", "true");
    return await succeeds("lock", name, "--unlink") && done;
  },
  cliWith: () => succeeds("with", name, "--start", "sleep 600", "--", "true"),
  cliDaemon: async () =>
    await succeeds("daemon", "start", pidFile, "--", "sleep", "600") &&
    await succeeds("daemon", "stop", pidFile),
  child: () => runs({}),
  childWithLimits: () => runs({ umask: 0o77, priority: 5, rlimits: { nofile: 64 } }),
  childWithName: () => runs({ argv0: "other" }),
  cgroup: () => holds({ mechanism: "cgroup_v2" }),
  processGroup: () => holds({ mechanism: "process_group" }),
  containment: () => hostContainment().mechanism !== "none",
};

async function serves(options: CommandServiceOptions): Promise<boolean> {
  await using handle = await commandService(name, options).acquire();
  return isAlive(handle.pid);
}

/** procref tells on standard error why it doesn't. */
async function succeeds(...line: string[]): Promise<boolean> {
  return await main(line) === 0;
}

async function becomes(program: string, options: SpawnDaemonOptions): Promise<boolean> {
  const { pid } = await spawnDaemon(program, { ...options, pidFile });
  const alive = isAlive(pid);
  return await stopDaemon(pidFile) === "terminated" && alive;
}

async function runs(options: SpawnOptions): Promise<boolean> {
  await using child = SharedChild.spawn("sleep", { args: ["0"], ...options });
  return (await child.wait()).success;
}

async function holds(options: GroupOptions): Promise<boolean> {
  await using group = await ProcessGroup.create(options);
  const child = await group.spawn("sleep", { args: ["600"] });
  return group.members().includes(child.pid);
}

try {
  console.log(await uses[use]?.());
} catch (error) {
  console.log(error instanceof Error ? `${error.name}: ${error.message}` : error);
}
