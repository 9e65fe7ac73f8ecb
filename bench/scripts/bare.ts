// bare.ts COMMAND...: the floor of crash-to-stopped, without anything of procref. Starts `sleep` and a shell
// that waits for the end of a pipe which this process holds; then the shell runs the least code that kills.

import { spawn } from "node:child_process";
import process from "node:process";
import { answer } from "./lines.ts";

const WATCH = 'read -r line; printf %s "$CODE" | exec "$@"';

/** The code that sends SIGTERM, in a runtime's own words. */
function killing(pid: number): string {
  return "Bun" in globalThis
    ? `import{dlopen}from"bun:ffi";dlopen("libc.so.6",{kill:{args:["i32","i32"],returns:"i32"}}).symbols.kill(${pid},15)`
    : `Deno.dlopen("libc.so.6",{kill:{parameters:["i32","i32"],result:"i32"}}).symbols.kill(${pid},15)`;
}

const [, , ...command] = process.argv;
const service = spawn("sleep", ["600"], { stdio: "ignore" });
const watch = spawn("sh", ["-c", WATCH, "sh", ...command], {
  cwd: "/",
  detached: true,
  env: { ...process.env, CODE: killing(service.pid ?? 0) },
  stdio: ["pipe", "ignore", "ignore"],
});
watch.unref();
await answer(() => String(service.pid));
