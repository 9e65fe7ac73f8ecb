// A thread handle names one thread for as long as it is open, and is signaled from the thread's end on: a Worker's
// included (Microsoft, "Thread Handles and Identifiers").

import { nameless } from "../../../ffi/windows/attributes.ts";
import {
  closeHandle,
  CURRENT_THREAD,
  HandleSlot,
  ntProcesses,
  succeeded,
} from "../../../ffi/windows/ntdll.ts";
import { STATUS } from "../../../ffi/windows/status.ts";
import type { ProcessIdentity } from "../../process/identity.ts";
import { identify } from "../../process/alive.ts";
import { HeldByHandle, PROCESS_RIGHTS } from "../../process/windows.ts";
import type { HeldThread, ThreadTag } from "../system.ts";

const THREAD_QUERY_LIMITED = 0x800;
const BASIC_INFORMATION = 0;
const TIMES = 1;
// Thread numbers are multiples of 4; 22 bits of the rest, and 8 of the start time, which tell it from a later one.
const NUMBER_BITS = 22;
const NUMBER_MASK = (1 << NUMBER_BITS) - 1;

function query(thread: number, kind: number, words: BigUint64Array): void {
  const { NtQueryInformationThread } = ntProcesses();
  const status = NtQueryInformationThread(thread, kind, words, words.byteLength, null);
  succeeded(status, "NtQueryInformationThread");
}

/** THREAD_BASIC_INFORMATION: the process and the thread. */
function idsOf(thread: number): { process: number; thread: number } {
  const words = new BigUint64Array(6);
  query(thread, BASIC_INFORMATION, words);
  return { process: Number(words[2] ?? 0n), thread: Number(words[3] ?? 0n) };
}

/** KERNEL_USER_TIMES: the creation time, cut to 31 bits of units of 0.1 ms. */
function startOf(thread: number): number {
  const words = new BigUint64Array(4);
  query(thread, TIMES, words);
  return Number(BigInt.asUintN(31, (words[0] ?? 0n) / 1000n));
}

function tagOf(number: number, start: number): number {
  return number >>> 2 & NUMBER_MASK | (start & 0xff) << NUMBER_BITS;
}

let mine: Required<ThreadTag> | undefined;

/** The thread that runs this isolate. JavaScript never moves to another one in either runtime. */
export function self(): Required<ThreadTag> {
  return mine ??= findSelf();
}

function findSelf(): Required<ThreadTag> {
  const start = startOf(CURRENT_THREAD);
  return { tag: tagOf(idsOf(CURRENT_THREAD).thread, start), start };
}

/** A handle of the thread that a tag names; undefined when it has ended. */
function open({ tag, start }: ThreadTag): number | undefined {
  const number = (tag & NUMBER_MASK) * 4;
  const slot = new HandleSlot();
  const client = new BigUint64Array([0n, BigInt(number)]);
  const rights = THREAD_QUERY_LIMITED | PROCESS_RIGHTS.synchronize;
  const status = ntProcesses().NtOpenThread(slot.bytes, rights, nameless(), client) >>> 0;
  if (status === STATUS.STATUS_INVALID_CID || status === STATUS.STATUS_INVALID_PARAMETER) {
    return undefined;
  }
  succeeded(status, "NtOpenThread", `for thread ${number}`);
  const actual = startOf(slot.value);
  const same = tagOf(number, actual) === tag && (start === undefined || start === actual);
  if (same) return slot.value;
  closeHandle(slot.value);
  return undefined;
}

/** Takes hold of the thread; undefined when it has ended. @throws {SystemError} */
export function holdThread(thread: ThreadTag): HeldThread | undefined {
  const handle = open(thread);
  if (handle === undefined) return undefined;
  const held = new HeldByHandle(0, handle);
  if (!held.ended()) return held;
  held.close();
  return undefined;
}

/** The process that the thread belongs to; undefined when the thread has ended. */
export function processOf(thread: ThreadTag): ProcessIdentity | undefined {
  const handle = open(thread);
  if (handle === undefined) return undefined;
  const { process } = idsOf(handle);
  closeHandle(handle);
  return identify(process);
}
