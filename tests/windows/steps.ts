// A program that takes the steps that its arguments name, one after the other: what a line of `sh` is elsewhere.

import { spawn } from "node:child_process";
import { appendFileSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import process from "node:process";

const CHUNK = new Uint8Array(1 << 16);

/** All of it, or an error when nobody reads any more. */
function write(descriptor: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at);
}

function say(descriptor: number, text: string): void {
  write(descriptor, new TextEncoder().encode(text));
}

/** Each line of standard input, as it comes. */
async function* lines(): AsyncGenerator<string> {
  let rest = "";
  for await (const bytes of process.stdin) {
    const all = (rest + new TextDecoder().decode(bytes)).split(/\r?\n/);
    rest = all.pop() ?? "";
    yield* all;
  }
}

/** A program of its own that never ends. @param output What its standard output is connected to. */
function leave(output: "inherit" | "ignore"): number {
  const child = spawn("ping.exe", ["-n", "1000", "127.0.0.1"], {
    stdio: ["ignore", output, "ignore"],
    detached: true,
  });
  child.unref();
  return child.pid ?? 0;
}

const STEPS: Record<string, (rest: string) => void | Promise<void>> = {
  out: (text) => say(1, text),
  err: (text) => say(2, text),
  hex: (digits) => write(1, Uint8Array.from(digits.match(/../g) ?? [], (two) => parseInt(two, 16))),
  zeros(count) {
    for (let left = Number(count); left > 0; left -= CHUNK.length) {
      write(1, new Uint8Array(Math.min(left, CHUNK.length)));
    }
  },
  count(bounds) {
    const [from = 0, to = 0] = bounds.split(" ").map(Number);
    for (let n = from; n <= to; n++) say(1, `${n}\n`);
  },
  endless(text) {
    for (;;) say(1, `${text}\n`);
  },
  async tick(text) {
    for (;;) {
      say(1, `${text}\n`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  },
  async cat() {
    for await (const bytes of process.stdin) write(1, bytes);
  },
  async drain() {
    for await (const _ of process.stdin);
  },
  /** The number of bytes that standard input has. */
  async size() {
    let length = 0;
    for await (const { byteLength } of process.stdin) length += byteLength;
    say(1, String(length));
  },
  async echo() {
    for await (const line of lines()) say(1, `<${line}>\n`);
  },
  /** Ends with the code that a line of standard input has. */
  async obey() {
    for await (const line of lines()) process.exit(Number(line));
  },
  args: (first) => say(1, JSON.stringify([first, ...process.argv.slice(3)])),
  env: (names) => say(1, JSON.stringify(names.split(" ").map((name) => process.env[name] ?? null))),
  names: () => say(1, JSON.stringify(Object.keys(process.env))),
  cwd: () => say(1, process.cwd()),
  pid: () => say(1, `${process.pid}\n`),
  touch: (path) => writeFileSync(path, ""),
  /** One more line in a file, and their number. */
  note(path) {
    appendFileSync(path, "x\n");
    say(1, `${readFileSync(path, "utf8").length / 2}\n`);
  },
  /** Fails unless a file has so many lines. */
  least(words) {
    const [, count, path = ""] = /^(\d+) (.*)$/.exec(words) ?? [];
    if (readFileSync(path, "utf8").length / 2 < Number(count)) process.exit(1);
  },
  leave: () => say(1, `${leave("ignore")}\n`),
  hold: () => say(1, `${leave("inherit")}\n`),
  sleep: (time) => new Promise((resolve) => setTimeout(resolve, Number(time))),
  hang: () => new Promise(() => setInterval(() => {}, 1000)),
  busy(time) {
    for (const start = performance.now(); performance.now() - start < Number(time););
  },
  exit: (code) => process.exit(Number(code)),
  /** A command that inherits its streams, and what was captured of it. */
  async inherit() {
    const { Command } = await import("../../src/command/mod.ts");
    const inherit = { stdin: "inherit", stdout: "inherit", stderr: "inherit" } as const;
    const line = "set /p X=& call echo out %X%& echo err>&2";
    const { stdout, stderr, code } = await Command.shell(line, inherit).output();
    say(1, JSON.stringify([stdout, stderr, code]));
  },
  async signal(name) {
    const { sendSignal } = await import("../../src/process/mod.ts");
    sendSignal(process.pid, name as "SIGKILL");
  },
};

for (const step of process.argv.slice(2)) {
  const [, verb = "", rest = ""] = /^(\w+) ?([^]*)$/.exec(step) ?? [];
  const take = STEPS[verb];
  if (take === undefined) throw new Error(`No step ${step}`);
  await take(rest);
  if (verb === "args") break;
}
