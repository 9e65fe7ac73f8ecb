import { native } from "../../../ffi/mod.ts";
import { closeHandle, ntProcesses } from "../../../ffi/windows/ntdll.ts";
import { openProcess, PROCESS_RIGHTS, timesOf } from "../../process/windows.ts";
import type { MemberInfo } from "../types.ts";

const VM_COUNTERS = 3;
const IMAGE_FILE_NAME = 27;
const COMMAND_LINE = 60;
const LONGEST_COMMAND_LINE = 65536 + 16;
const UNITS = 10_000n; // of 100 ns in a millisecond

function ask<T>(pid: number, question: (process: number) => T): T | undefined {
  const process = openProcess(pid, PROCESS_RIGHTS.queryLimited);
  if (process === undefined) return undefined;
  try {
    return question(process);
  } finally {
    closeHandle(process);
  }
}

/** What is known of a process; undefined where it is gone. */
export function memberInfo(pid: number): MemberInfo | undefined {
  return ask(pid, (process) => {
    const { created, kernel, user } = timesOf(process);
    return {
      pid,
      startTime: String(created),
      command: commandOf(process),
      cpuTime: Number((kernel + user) / UNITS),
      memory: memoryOf(process).now,
    };
  });
}

/** The most resident memory that a process had, in bytes; 0 where it is gone. */
export function peakMemoryOf(pid: number): number {
  return ask(pid, (process) => memoryOf(process).peak) ?? 0;
}

/** VM_COUNTERS. */
function memoryOf(process: number): { peak: number; now: number } {
  const words = new BigUint64Array(11);
  const { NtQueryInformationProcess } = ntProcesses();
  const status = NtQueryInformationProcess(process, VM_COUNTERS, words, words.byteLength, null);
  if (status !== 0) return { peak: 0, now: 0 };
  return { peak: Number(words[3] ?? 0n), now: Number(words[4] ?? 0n) };
}

/** The command line (from Windows 8.1 on, and not in Wine), or the name of the file in brackets. */
function commandOf(process: number): string {
  const command = textOf(process, COMMAND_LINE);
  if (command !== "") return command;
  return `[${textOf(process, IMAGE_FILE_NAME).split("\\").pop()}]`;
}

/** What is told as a UNICODE_STRING whose text lies behind it; empty where it is not told. */
function textOf(process: number, kind: number): string {
  const bytes = new Uint8Array(new ArrayBuffer(LONGEST_COMMAND_LINE));
  const needed = new Uint32Array(1);
  const { NtQueryInformationProcess } = ntProcesses();
  const status = NtQueryInformationProcess(process, kind, bytes, bytes.length, needed);
  if (status !== 0) return "";
  const view = new DataView(bytes.buffer);
  const start = Number(view.getBigUint64(8, true) - native.addressOf(bytes));
  const text = bytes.subarray(start, start + view.getUint16(0, true));
  return new TextDecoder("utf-16le").decode(text);
}
