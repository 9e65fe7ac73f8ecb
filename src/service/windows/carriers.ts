// Everything that a callback launches carries the start's one-time token in its environment, of which every process has
// a copy in its own memory (winternl.h: PEB, RTL_USER_PROCESS_PARAMETERS). What the callback has not handed over yet is
// found by it when the start fails, or when the next client finds that the starter died.

import { closeHandle, ntProcesses } from "../../../ffi/windows/ntdll.ts";
import { SystemError } from "../../../ffi/errors.ts";
import type { ProcessIdentity } from "../../process/identity.ts";
import { allProcesses, openProcess, ownPid, PROCESS_RIGHTS } from "../../process/windows.ts";
import { TOKEN_VARIABLE } from "../turn.ts";

const READ_MEMORY = 0x10;
const BASIC_INFORMATION = 0;
// Of every 64-bit Windows:
const PARAMETERS_IN_BLOCK = 0x20;
const ENVIRONMENT_IN_PARAMETERS = 0x80;
const ENVIRONMENT_SIZE_IN_PARAMETERS = 0x3f0;
const LARGEST = 1 << 20; // bytes

/** The living processes whose environment carries the token, this one excepted. */
export function carriersOf(token: string): ProcessIdentity[] {
  const mark = `${TOKEN_VARIABLE}=${token}`.toLowerCase();
  const self = ownPid();
  return allProcesses().filter(({ pid }) =>
    pid !== self && pid !== 0 && environmentOf(pid).toLowerCase().split("\0").includes(mark)
  ).map(({ pid, startTime }) => ({ pid, startTime }));
}

/** The environment block of a process; empty where it may not be read, or is gone. */
function environmentOf(pid: number): string {
  const process = openToRead(pid);
  if (process === undefined) return "";
  try {
    const block = blockOf(process);
    const parameters = wordAt(process, block + PARAMETERS_IN_BLOCK);
    const address = wordAt(process, parameters + ENVIRONMENT_IN_PARAMETERS);
    const size = wordAt(process, parameters + ENVIRONMENT_SIZE_IN_PARAMETERS);
    const bytes = new Uint8Array(new ArrayBuffer(Math.min(size, LARGEST)));
    return read(process, address, bytes) ? new TextDecoder("utf-16le").decode(bytes) : "";
  } finally {
    closeHandle(process);
  }
}

function openToRead(pid: number): number | undefined {
  try {
    return openProcess(pid, READ_MEMORY | PROCESS_RIGHTS.queryLimited);
  } catch (error) {
    // Another user's, or the system's.
    if (error instanceof SystemError) return undefined;
    throw error;
  }
}

/** PROCESS_BASIC_INFORMATION.PebBaseAddress; 0 of a process that has none. */
function blockOf(process: number): number {
  const words = new BigUint64Array(6);
  const { NtQueryInformationProcess } = ntProcesses();
  const size = words.byteLength;
  const status = NtQueryInformationProcess(process, BASIC_INFORMATION, words, size, null);
  return status === 0 ? Number(words[1] ?? 0n) : 0;
}

/** A word of another process's memory; 0 where it can't be read. */
function wordAt(process: number, address: number): number {
  const word = new BigUint64Array(1);
  return read(process, address, word) ? Number(word[0] ?? 0n) : 0;
}

function read(process: number, address: number, into: Uint8Array | BigUint64Array): boolean {
  if (address < 65536) return false; // nothing is there, ever
  const { NtReadVirtualMemory } = ntProcesses();
  return NtReadVirtualMemory(process, address, into, into.byteLength, null) === 0;
}
