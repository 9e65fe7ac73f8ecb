import { assertEquals, assertThrows } from "@std/assert";
import { constants } from "node:os";
import process from "node:process";
import { platform } from "../../ffi/platform.ts";
import {
  identify,
  isAlive,
  kill,
  sendSignal,
  signalName,
  signalNumber,
  signals,
  terminate,
  waitForExit,
} from "../../src/process/mod.ts";
import { test } from "../harness/mod.ts";
import { NO_PID, obedient, shell, zombie } from "./children.ts";

test("every signal's name and number lead to each other", () => {
  const names = signals().map((name) => signalName(signalNumber(name) ?? -1));
  assertEquals(names, [...signals()]);
});

test("the signals are 31, each with another number, in the order of their numbers", () => {
  const numbers = signals().map(signalNumber);
  assertEquals(numbers, Array.from({ length: 31 }, (_, index) => index + 1));
});

test("the numbers are those that this system's C library has", () => {
  if (process.env["PROCREF_AS_MAC"] !== undefined) return; // what the runtime tells is Linux's there
  const system: Record<string, number> = constants.signals;
  const known = signals().filter((name) => name in system);
  assertEquals(known.length >= 29, true);
  assertEquals(known.map(signalNumber), known.map((name) => system[name]));
});

test("names that are no signal of this platform have no number", () => {
  const others = platform === "darwin" ? ["SIGPWR", "SIGSTKFLT"] : ["SIGEMT", "SIGINFO"];
  const names = ["", "TERM", "sigterm", ...others, "SIGRTMIN", "toString", "__proto__"];
  assertEquals(names.map(signalNumber), names.map(() => undefined));
});

test("numbers that are no signal have no name", () => {
  const numbers = [0, -1, 32, 64, 65, 1.5, NaN, Infinity];
  assertEquals(numbers.map(signalName), numbers.map(() => undefined));
});

test("terminate() sends SIGTERM and kill() SIGKILL", async () => {
  await using asked = await obedient();
  await using killed = await obedient();
  assertEquals([terminate(asked.pid), kill(killed.pid)], [true, true]);
  assertEquals([await asked.ended, await killed.ended], ["SIGTERM", "SIGKILL"]);
});

test("sendSignal() by name or number reaches the process", async () => {
  await using child = await shell("trap 'exit 7' USR1; echo ready; while :; do sleep 0.01; done");
  sendSignal(child.pid, "SIGUSR1");
  assertEquals(await child.ended, 7);
  await using other = await obedient();
  sendSignal(other.pid, signalNumber("SIGHUP") ?? 0);
  assertEquals(await other.ended, "SIGHUP");
});

test("signal 0 only asks", async () => {
  await using child = await obedient();
  assertEquals([sendSignal(child.pid, 0), isAlive(child.pid)], [true, true]);
});

test("an identity is signalled as long as its process lives, and then is gone", async () => {
  await using child = await obedient();
  const identity = identify(child.pid) ?? { pid: NO_PID, startTime: "" };
  const first = kill(identity);
  await waitForExit(identity);
  assertEquals([first, kill(identity), await child.ended], [true, false, "SIGKILL"]);
});

test("a process that has ended is gone: false", async () => {
  await using parent = await zombie();
  assertEquals([kill(NO_PID), kill(parent.zombie), sendSignal(parent.zombie, 0)], [
    false,
    false,
    false,
  ]);
});

test("an identity whose pid was reused is never signalled", async () => {
  await using child = await obedient();
  const reused = { pid: child.pid, startTime: "1" };
  assertEquals([terminate(reused), kill(reused), sendSignal(reused, 0)], [false, false, false]);
  // Had a signal been sent, this one would not be the first to arrive.
  assertEquals([sendSignal(child.pid, "SIGHUP"), await child.ended], [true, "SIGHUP"]);
});

test("a number that is no signal is a RangeError, a name that is none a TypeError", async () => {
  await using child = await obedient();
  for (const number of [-1, 65, 1.5, NaN]) {
    assertThrows(() => sendSignal(child.pid, number), RangeError, `${number}`);
  }
  for (const json of ['"TERM"', '"SIGNOPE"', '"toString"', "null"]) {
    assertThrows(() => sendSignal(child.pid, JSON.parse(json)), TypeError);
  }
});
