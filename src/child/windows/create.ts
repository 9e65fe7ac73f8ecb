// CreateProcessW: the child is in its job before its first instruction runs (PROC_THREAD_ATTRIBUTE_JOB_LIST), and
// inherits its three streams and nothing else (PROC_THREAD_ATTRIBUTE_HANDLE_LIST).

import { native } from "../../../ffi/mod.ts";
import { creation, jobs } from "../../../ffi/windows/creation.ts";
import { failure, wide } from "../../../ffi/windows/kernel32.ts";
import {
  closeHandle,
  CURRENT_PROCESS,
  HandleSlot,
  ntProcesses,
  objects,
  succeeded,
} from "../../../ffi/windows/ntdll.ts";
import type { ChildOrder, StreamMode } from "../../runtime/children/mod.ts";
import { initialEnvironment } from "../../runtime/process_files.ts";
import type { Preparation } from "../system.ts";
import { commandLine, environmentBlock, overlaid } from "./command_line.ts";
import { openNowhere, openPipe, type Transfer } from "./pipe.ts";

const SUSPENDED = 0x4;
const DETACHED = 0x8;
const NEW_PROCESS_GROUP = 0x200;
const UNICODE_ENVIRONMENT = 0x400;
const EXTENDED_STARTUPINFO = 0x80000;
const NO_WINDOW = 0x8000000;
const USE_STD_HANDLES = 0x100;
const HANDLE_LIST = 0x20002;
const JOB_LIST = 0x2000d;
const STARTUP_BYTES = 112;
const AFFINITY_MASK = 21;
const OBJECT_INHERIT = 2;
const SAME_ACCESS = 2;

/** A child that has been born. */
export interface Born {
  readonly pid: number;
  readonly process: number;
  readonly stdin: Transfer | undefined;
  readonly stdout: Transfer | undefined;
  readonly stderr: Transfer | undefined;
}

interface Stream {
  readonly childs: number;
  readonly ours: Transfer | undefined;
}

/** Starts the program. @throws {SystemError} */
export function createChild(order: ChildOrder, preparation: Preparation): Born {
  const streams: Stream[] = [];
  try {
    streams.push(streamOf(order.stdin, "write", STD_INPUT));
    const output = streamOf(order.stdout, "read", STD_OUTPUT);
    streams.push(output);
    // The kernel refuses a list that names a handle twice.
    if (order.joined) streams.push({ childs: inheritable(output.childs), ours: undefined });
    else streams.push(streamOf(order.stderr, "read", STD_ERROR));
    const born = createProcess(order, preparation, streams.map(({ childs }) => childs));
    const [stdin, stdout, stderr] = streams.map(({ ours }) => ours);
    return { ...born, stdin, stdout, stderr };
  } catch (error) {
    for (const { ours } of streams) void ours?.close();
    throw error;
  } finally {
    for (const { childs } of streams) closeHandle(childs);
  }
}

const [STD_INPUT, STD_OUTPUT, STD_ERROR] = [-10, -11, -12];

function streamOf(mode: StreamMode, direction: "read" | "write", standard: number): Stream {
  if (mode === "piped") return openPipe(direction);
  const own = mode === "inherit" ? creation().GetStdHandle(standard) : 0;
  // A program without a console may have none.
  if (own === 0 || own === -1) return { childs: openNowhere(), ours: undefined };
  return { childs: inheritable(own), ours: undefined };
}

/** A second handle, for a child. @throws {SystemError} */
function inheritable(handle: number): number {
  const slot = new HandleSlot();
  const { NtDuplicateObject } = objects();
  const [from, to] = [CURRENT_PROCESS, CURRENT_PROCESS];
  succeeded(
    NtDuplicateObject(from, handle, to, slot.bytes, 0, OBJECT_INHERIT, SAME_ACCESS),
    "NtDuplicateObject",
  );
  return slot.value;
}

/** What of an order concerns the process itself. */
export type ProcessOrder = Omit<
  ChildOrder,
  "stdin" | "stdout" | "stderr" | "joined" | "uid" | "gid" | "unasked" | "cgroup"
>;

/** Starts the program with three inheritable handles as its streams. @throws {SystemError} */
export function createProcess(
  order: ProcessOrder,
  { attributes, job, suspended, flags: more = 0 }: Preparation,
  handles: readonly number[],
): { pid: number; process: number } {
  const inherited = new BigUint64Array(handles.map(BigInt));
  const membership = new BigUint64Array(job === undefined ? [] : [BigInt(job)]);
  const list = attributeList([[HANDLE_LIST, inherited], [JOB_LIST, membership]]);
  const startup = startupInformation(inherited, native.addressOf(list));
  const waits = attributes.affinity !== undefined || suspended === true;
  const flags = UNICODE_ENVIRONMENT | EXTENDED_STARTUPINFO |
    (waits ? SUSPENDED : 0) | (order.windowsHide ? NO_WINDOW : 0) |
    (order.newSession ? DETACHED | NEW_PROCESS_GROUP : 0) | priorityClass(attributes.priority) |
    more;
  const variables = overlaid(order.clearEnv ? {} : initialEnvironment(), order.env);
  const information = new Int32Array(new ArrayBuffer(24));
  const made = creation().CreateProcessW(
    wide(order.path),
    wide(commandLine([order.argv0 ?? order.path, ...order.args])),
    null,
    null,
    1,
    flags,
    wide(environmentBlock(variables)),
    order.cwd === undefined ? null : wide(order.cwd),
    startup,
    information,
  );
  if (made === 0) throw failure("CreateProcessW", `for ${order.path}`);
  void list;
  const [process = 0, , thread = 0, , pid = 0] = information;
  try {
    if (attributes.affinity !== undefined) setAffinity(process, attributes.affinity);
    if (waits && suspended !== true) jobs().NtResumeThread(thread, null);
    return { pid, process };
  } catch (error) {
    ntProcesses().NtTerminateProcess(process, 1);
    closeHandle(process);
    throw error;
  } finally {
    closeHandle(thread);
  }
}

/** A PROC_THREAD_ATTRIBUTE_LIST of those values that are not empty; it points to them. */
function attributeList(all: readonly (readonly [number, BigUint64Array])[]): Uint8Array {
  const present = all.filter(([, value]) => value.length > 0);
  const { InitializeProcThreadAttributeList, UpdateProcThreadAttribute } = creation();
  const size = new BigUint64Array(1);
  InitializeProcThreadAttributeList(null, present.length, 0, size);
  const list = new Uint8Array(new ArrayBuffer(Number(size[0])));
  if (InitializeProcThreadAttributeList(list, present.length, 0, size) === 0) {
    throw failure("InitializeProcThreadAttributeList");
  }
  for (const [attribute, value] of present) {
    const done = UpdateProcThreadAttribute(list, 0, attribute, value, value.byteLength, null, null);
    if (done === 0) throw failure("UpdateProcThreadAttribute");
  }
  return list;
}

/** STARTUPINFOEXW. */
function startupInformation(handles: BigUint64Array, list: bigint): Uint8Array {
  const bytes = new Uint8Array(new ArrayBuffer(STARTUP_BYTES));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, STARTUP_BYTES, true);
  view.setUint32(60, USE_STD_HANDLES, true);
  handles.forEach((handle, index) => view.setBigUint64(80 + 8 * index, handle, true));
  view.setBigUint64(104, list, true);
  return bytes;
}

/** The class that comes nearest to a nice value; 0 leaves it as it is. */
function priorityClass(nice: number | undefined): number {
  if (nice === undefined) return 0;
  if (nice <= -14) return 0x80; // high
  if (nice <= -5) return 0x8000; // above normal
  if (nice < 5) return 0x20; // normal
  return nice < 15 ? 0x4000 : 0x40; // below normal, idle
}

/** @throws {SystemError} There are no such CPUs. */
function setAffinity(process: number, cpus: readonly number[]): void {
  const mask = new BigUint64Array([cpus.reduce((mask, cpu) => mask | 1n << BigInt(cpu), 0n)]);
  const { NtSetInformationProcess } = jobs();
  succeeded(
    NtSetInformationProcess(process, AFFINITY_MASK, mask, mask.byteLength),
    "NtSetInformationProcess",
    `for CPUs ${cpus.join(", ")}`,
  );
}
