// A chain of C calls that a child makes between its birth and its program. With CLONE_VFORK the child uses our memory,
// and this thread stands still until the child's execve(2) or end. No JavaScript can run in it, but the C library can
// go from call to call by itself: each is the start of a context (makecontext(3)) that is followed by the next one.
//
// clone3(2) has no function in glibc, only syscall(2), which returns twice: here as ever, and in the child on a new
// stack. What that stack names as the place to return to is setcontext(3), and the register with its argument still
// holds what clone3 was told: the beginning of the first context, whose first 88 bytes setcontext has no use for.
// That is so on x86-64; on Arm a function returns to a register, and there is no such way.

import { birth as bindings, CHILDS_CALLS } from "../../../../ffi/libc_birth.ts";
import { cstring } from "../../../../ffi/libc.ts";
import { native } from "../../../../ffi/mod.ts";
import { CLONE_ARGS, LAYOUTS_ON, LINUX, SIGSET, UCONTEXT } from "../../../../ffi/numbers/linux.ts";
import { architecture } from "../../../../ffi/platform.ts";
import type { Address } from "../../../../ffi/mod.ts";
import type { CType } from "../../../../ffi/types.ts";

type Numbers<Types extends readonly CType[]> = { [Index in keyof Types]: number };

/** A call of the C library with up to three numbers, addresses among them. */
export type ChildsCall = {
  [Name in keyof typeof CHILDS_CALLS]: readonly [
    Name,
    ...Numbers<(typeof CHILDS_CALLS)[Name]["args"]>,
  ];
}[keyof typeof CHILDS_CALLS];

const { CLONE_CLEAR_SIGHAND, CLONE_INTO_CGROUP, CLONE_PIDFD, CLONE_VFORK, CLONE_VM } = LINUX;
const { SIG_SETMASK, SIGCHLD, SYS_clone3 } = LINUX;
const { uc_link, "uc_stack.ss_sp": stackAt, "uc_stack.ss_size": stackSizeAt } = UCONTEXT.at;
const {
  "uc_mcontext.gregs[REG_RDI]": REG_RDI,
  "uc_mcontext.gregs[REG_RSI]": REG_RSI,
  "uc_mcontext.gregs[REG_RDX]": REG_RDX,
  "uc_mcontext.gregs[REG_RSP]": REG_RSP,
} = LAYOUTS_ON["x86-64"].REGISTERS.at;
const FLAGS = CLONE_VM + CLONE_VFORK + CLONE_PIDFD + CLONE_CLEAR_SIGHAND + CLONE_INTO_CGROUP;
const MOST = 32; // calls
const STACK = 2048; // bytes: none of the calls needs more than a few hundred
const CONTEXTS = 0;
const STACKS = CONTEXTS + MOST * UCONTEXT.room;
const BIRTHPLACE = STACKS + MOST * STACK;
const BIRTHPLACE_TOP = BIRTHPLACE + 16 * STACK; // a multiple of 16
const PIDFD = BIRTHPLACE_TOP + 16;
const EVERY_SIGNAL = new Uint8Array(SIGSET.room).fill(0xff);
const NO_SIGNAL = new Uint8Array(SIGSET.room);

/** The memory of all chains of this thread: contexts, their stacks, and the one on which the child is born. */
interface Arena {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly view: DataView;
  readonly address: number;
}

/** What a call finds on its stack: where it returns to. It is gone once the call has. */
interface Return {
  readonly top: number;
  readonly to: bigint;
}

let arena: Arena | undefined;
/** The calls whose contexts are in the arena. A chain of the same ones, as they come by the dozen, only has other values. */
let linked: { readonly names: string; readonly returns: readonly Return[] } | undefined;
const functions = new Map<string, Address>();

function prepareArena(): Arena {
  const bytes = new Uint8Array(new ArrayBuffer(PIDFD + 16));
  return { bytes, view: new DataView(bytes.buffer), address: Number(native.addressOf(bytes)) };
}

/** Where something of the C library is; undefined where it has no such thing, or no way to ask. */
export function addressOfSymbol(name: string): Address | undefined {
  return bindings().dlsym?.(null, cstring(name)) ?? undefined;
}

function addressOfFunction(name: string): Address {
  let address = functions.get(name);
  if (address === undefined) {
    address = addressOfSymbol(name);
    if (address === undefined) throw new Error(`The C library has no ${name}`);
    functions.set(name, address);
  }
  return address;
}

/** Whether this processor and C library have all that a chain takes: glibc does since 2.34, musl does not. */
export function chainsAreThere(): boolean {
  if (architecture !== "x86-64" || bindings().makecontext == null) return false;
  return Object.keys(CHILDS_CALLS).every((name) => addressOfSymbol(name) !== undefined);
}

/** What came of a birth. */
export interface Birth {
  /** -1: there is no child (errno). */
  readonly pid: number;
  /** Close-on-exec. */
  readonly pidfd: number;
}

/**
 * Bears a child that makes the calls, one after the other, whatever they return; the last ones are `execve` and what
 * comes if that fails, and from `execve` on no signal is blocked. It returns once the program runs, or with the last
 * call.
 *
 * @param calls What they point to must stay where it is until this returns.
 * @param cgroup An open directory: the cgroup to be born in.
 */
export function bear(calls: readonly ChildsCall[], cgroup: number): Birth {
  const { pthread_sigmask, syscall } = bindings();
  const { bytes, view } = arena ??= prepareArena();
  const before = new Uint8Array(SIGSET.room);
  // In the child, a handler of ours would run in our memory.
  pthread_sigmask(SIG_SETMASK, EVERY_SIGNAL, before);
  try {
    for (const { top, to } of link(calls)) view.setBigUint64(top, to, true);
    for (const [index, call] of calls.entries()) pass(call, index);
    tell(cgroup);
    const pid = syscall(SYS_clone3, bytes, CLONE_ARGS.size);
    return { pid, pidfd: view.getInt32(PIDFD, true) };
  } finally {
    pthread_sigmask(SIG_SETMASK, before, null);
  }
}

/** Makes the contexts of a chain, while every signal is blocked. @returns What belongs on their stacks. */
function link(calls: readonly ChildsCall[]): readonly Return[] {
  const chain = calls.map(([name]) => name);
  const names = chain.join(" ");
  if (names === linked?.names) return linked.returns;
  if (chain.length > MOST) throw new RangeError(`More than ${MOST} calls`);
  linked = undefined;
  const { pthread_sigmask } = bindings();
  const returns = chain.map((name, index) => {
    // A context has the signal mask of the moment in which it is made.
    if (name === "execve") pthread_sigmask(SIG_SETMASK, NO_SIGNAL, null);
    return makeContext(name, index, chain.length);
  });
  pthread_sigmask(SIG_SETMASK, EVERY_SIGNAL, null);
  linked = { names, returns };
  return returns;
}

/** Makes the context of one call, with its own stack and what comes after it. */
function makeContext(name: string, index: number, count: number): Return {
  const { bytes, view, address } = arena ??= prepareArena();
  const at = contextAt(index);
  const context = bytes.subarray(at, at + UCONTEXT.room);
  const next = index + 1 < count ? address + contextAt(index + 1) : 0;
  const { getcontext, makecontext } = bindings();
  getcontext?.(context);
  view.setBigUint64(at + uc_link, BigInt(next), true);
  view.setBigUint64(at + stackAt, BigInt(address + STACKS + index * STACK), true);
  view.setBigUint64(at + stackSizeAt, BigInt(STACK), true);
  makecontext?.(context, addressOfFunction(name), 0);
  const top = Number(view.getBigUint64(at + REG_RSP, true)) - address;
  return { top, to: view.getBigUint64(top, true) };
}

function contextAt(index: number): number {
  return CONTEXTS + index * UCONTEXT.room;
}

/** Puts the values of a call where it finds them. */
function pass([, one = 0, two = 0, three = 0]: ChildsCall, index: number): void {
  const { view } = arena ??= prepareArena();
  const at = contextAt(index);
  view.setBigUint64(at + REG_RDI, BigInt(one), true);
  view.setBigUint64(at + REG_RSI, BigInt(two), true);
  view.setBigUint64(at + REG_RDX, BigInt(three), true);
}

/** Writes what clone3 is told over the beginning of the first context, and where its child goes on. */
function tell(cgroup: number): void {
  const { bytes, view, address } = arena ??= prepareArena();
  const { at } = CLONE_ARGS;
  bytes.fill(0, 0, CLONE_ARGS.size);
  const write = (offset: number, value: number) => view.setBigUint64(offset, BigInt(value), true);
  write(at.flags, FLAGS);
  write(at.pidfd, address + PIDFD);
  write(at.exit_signal, SIGCHLD);
  write(at.stack, address + BIRTHPLACE);
  write(at.stack_size, BIRTHPLACE_TOP - BIRTHPLACE);
  write(at.cgroup, cgroup);
  view.setBigUint64(BIRTHPLACE_TOP, native.numberOf(addressOfFunction("setcontext")), true);
}
