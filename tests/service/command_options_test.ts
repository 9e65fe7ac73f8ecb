// commandService: options that make no sense are refused at once.

import { assertThrows } from "@std/assert";
import { commandService, type CommandServiceOptions } from "@procref/procref/service";
import { test } from "../harness/mod.ts";

const BAD: readonly [string, object, typeof TypeError | typeof RangeError][] = [
  ["no command", { command: undefined }, TypeError],
  ["an empty command", { command: [] }, TypeError],
  ["a command that is a text", { command: "sleep 1000" }, TypeError],
  ["a program without a name", { command: [""] }, TypeError],
  ["an argument that is a number", { command: ["sleep", 1000] }, TypeError],
  ["an argument with NUL", { command: ["sleep", "10\0"] }, TypeError],
  ["port 0", { port: 0 }, RangeError],
  ["port 65536", { port: 65536 }, RangeError],
  ["half a port", { port: 80.5 }, RangeError],
  ["a port that is a text", { port: "80" }, TypeError],
  ["uid -1", { uid: -1 }, RangeError],
  ["uid 2^32 - 1, which means no change", { uid: 2 ** 32 - 1 }, RangeError],
  ["a gid that is a text", { gid: "staff" }, TypeError],
  ["a variable that is a number", { env: { A: 1 } }, TypeError],
  ["a variable whose name has an equals sign", { env: { "A=B": "c" } }, TypeError],
  ["a variable with NUL in its name", { env: { "A\0": "c" } }, TypeError],
  ["a cwd with NUL", { cwd: "/\0" }, TypeError],
  ["a log that is a number", { log: 5 }, TypeError],
  ["an unknown stop signal", { stop: { signal: "SIGNOPE" } }, TypeError],
  ["a negative stop timeout", { stop: { timeout: -1 } }, RangeError],
  ["a negative linger", { linger: -1 }, RangeError],
  ["a readiness timeout that is NaN", { ready: { timeout: NaN } }, RangeError],
  ["a line that is a number", { ready: { line: 5 } }, TypeError],
  ["a check that is no function", { ready: { check: true } }, TypeError],
  ["a URL that is none", { ready: { http: "nowhere" } }, TypeError],
  ["a port to wait for, but no port", { ready: { port: true } }, TypeError],
];

for (const [what, options, type] of BAD) {
  test(`commandService refuses ${what} with a ${type.name} when it is made`, () => {
    const all = { command: ["sleep", "1000"], ...options } as unknown as CommandServiceOptions;
    assertThrows(() => commandService("never", all), type);
  });
}
