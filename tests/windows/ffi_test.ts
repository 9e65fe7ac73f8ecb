import { assertEquals, assertThrows } from "@std/assert";
import { pid } from "node:process";
import { SystemError } from "../../ffi/errors.ts";
import { native } from "../../ffi/mod.ts";
import { nameless } from "../../ffi/windows/attributes.ts";
import { failure, fileNames, variables, wide } from "../../ffi/windows/kernel32.ts";
import {
  closeHandle,
  CURRENT_PROCESS,
  HandleSlot,
  ntProcesses,
  objects,
  succeeded,
} from "../../ffi/windows/ntdll.ts";
import { isSignaled, whenSignaled } from "../../ffi/windows/poller.ts";
import { STATUS } from "../../ffi/windows/status.ts";
import { windowsTest as test } from "../harness/mod.ts";

const EVENT_ALL_ACCESS = 0x1f0003;
const NOTIFICATION_EVENT = 0;

function event(): number {
  const slot = new HandleSlot();
  const { NtCreateEvent } = objects();
  succeeded(
    NtCreateEvent(slot.bytes, EVENT_ALL_ACCESS, nameless(), NOTIFICATION_EVENT, 0),
    "NtCreateEvent",
  );
  return slot.value;
}

test("a status that is an error becomes a SystemError with its name", () => {
  const status = objects().NtClose(0x7ffffff0);
  const error = assertThrows(() => succeeded(status, "NtClose", "for the test"), SystemError);
  assertEquals([error.errno, error.syscall], [STATUS.STATUS_INVALID_HANDLE, "NtClose"]);
  assertEquals(
    error.message,
    "NtClose: STATUS_INVALID_HANDLE (0xc0000008): no handle of this kind for the test",
  );
});

test("the error of a function of kernel32 is right after each of 20,000 failures, under garbage collection", () => {
  const missing = wide("Z:\\no\\such\\file");
  const empty = wide("no such variable");
  const { GetFileAttributesW } = fileNames();
  const { SetEnvironmentVariableW } = variables();
  let garbage: unknown[] = [];
  for (let round = 0; round < 10_000; round++) {
    garbage.push(new Uint8Array(64));
    if (garbage.length > 1000) garbage = [];
    GetFileAttributesW(missing);
    assertEquals(failure("GetFileAttributesW").errno, 0x80070003);
    assertEquals(SetEnvironmentVariableW(wide(""), empty), 0);
    assertEquals(failure("SetEnvironmentVariableW").errno, 0x80070057);
  }
});

test("a negative handle means this process", () => {
  const information = new BigUint64Array(6);
  const { NtQueryInformationProcess } = ntProcesses();
  const status = NtQueryInformationProcess(CURRENT_PROCESS, 0, information, 48, null);
  assertEquals([status, information[4]], [0, BigInt(pid)]);
});

test("memory at an address that a function wrote is seen", () => {
  const strings = variables().GetEnvironmentStringsW();
  if (strings === null) throw new Error("no environment");
  const again = native.addressAt(native.numberOf(strings));
  assertEquals(new Uint8Array(native.view(again, 8)), new Uint8Array(native.view(strings, 8)));
  variables().FreeEnvironmentStringsW(strings);
});

test("a wait resolves true when its object is signaled, and false when it is given up", async () => {
  const [one, other] = [event(), event()];
  const waits = [whenSignaled(one), whenSignaled(other)];
  objects().NtSetEvent(one, null);
  assertEquals(await waits[0]?.done, true);
  waits[1]?.cancel();
  assertEquals(await waits[1]?.done, false);
  assertEquals([isSignaled(one), isSignaled(other)], [true, false]);
  [one, other].forEach(closeHandle);
});

test("300 waits at once block neither the event loop nor each other", async () => {
  const events = Array.from({ length: 300 }, event);
  const waits = events.map(whenSignaled);
  for (let tick = 0; tick < 10; tick++) await new Promise((resolve) => setTimeout(resolve, 1));
  for (const one of events) objects().NtSetEvent(one, null);
  assertEquals(await Promise.all(waits.map(({ done }) => done)), waits.map(() => true));
  events.forEach(closeHandle);
});
