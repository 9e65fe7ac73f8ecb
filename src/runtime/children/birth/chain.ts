// A chain of C calls that a child makes between its birth and its program. clone(2) with CLONE_VFORK: the child uses
// our memory, and this thread stands still until the child's execve(2) or end. JavaScript can't run in it, but the
// C library can go from call to call by itself: each is the start of a context (makecontext(3)) that is followed by
// the next one.

import { birth as bindings, CHILDS_CALLS } from "../../../../ffi/libc_birth.ts";
import { cstring } from "../../../../ffi/libc.ts";
import { native } from "../../../../ffi/mod.ts";
import { LINUX, SIGSET, UCONTEXT } from "../../../../ffi/numbers/linux.ts";
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

const { CLONE_PIDFD, CLONE_VFORK, CLONE_VM, SIG_SETMASK, SIGCHLD } = LINUX;
const { uc_link, "uc_stack.ss_sp": stackAt, "uc_stack.ss_size": stackSizeAt } = UCONTEXT.at;
const MOST = 32; // calls
const MOST_VALUES = 3; // of one call
const STACK = 2048; // bytes: none of the calls needs more than a few hundred
const FIRST_STACK = 16384;
const EVERY_SIGNAL = new Uint8Array(SIGSET.room).fill(0xff);
const NO_SIGNAL = new Uint8Array(SIGSET.room);

/** The memory of all chains of this thread: contexts, their stacks, and the one on which the child is born. */
interface Arena {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly view: DataView;
  readonly address: number;
}

let arena: Arena | undefined;
const functions = new Map<string, Address>();

function prepareArena(): Arena {
  const bytes = new Uint8Array(new ArrayBuffer(MOST * (UCONTEXT.room + STACK) + FIRST_STACK));
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

/** Whether this C library has all that a chain takes: glibc does since 2.34, musl does not. */
export function chainsAreThere(): boolean {
  if (bindings().makecontext == null) return false;
  return Object.keys(CHILDS_CALLS).every((name) => addressOfSymbol(name) !== undefined);
}

/**
 * Bears a child that makes the calls, one after the other, whatever they return; the last two are `execve` and what
 * comes if that fails, and from `execve` on no signal is blocked.
 *
 * @param calls What they point to must stay where it is until this returns.
 * @param pidfd Gets the child's pidfd, close-on-exec.
 * @returns Its pid, once the program runs or the last call is made; -1 if there is no child (errno).
 */
export function bear(calls: readonly ChildsCall[], pidfd: Int32Array): number {
  const { clone, pthread_sigmask } = bindings();
  const { bytes, address } = arena ??= prepareArena();
  if (calls.length > MOST) throw new RangeError(`More than ${MOST} calls`);
  const top = native.addressAt(BigInt(address + bytes.length));
  const flags = CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD;
  const before = new Uint8Array(SIGSET.room);
  const last = calls.findIndex(([name]) => name === "execve");
  // A context has the signal mask of the moment in which it is made.
  pthread_sigmask(SIG_SETMASK, NO_SIGNAL, before);
  try {
    for (let index = last; index < calls.length; index++) link(calls, index);
    // In the child, a handler of ours would run in our memory.
    pthread_sigmask(SIG_SETMASK, EVERY_SIGNAL, null);
    for (let index = 0; index < last; index++) link(calls, index);
    return clone(addressOfFunction("setcontext"), top, flags, bytes, pidfd);
  } finally {
    pthread_sigmask(SIG_SETMASK, before, null);
  }
}

/** Makes the context of one call, with its own stack and what comes after it. */
function link(calls: readonly ChildsCall[], index: number): void {
  const [name = "_exit", one = 0, two = 0, three = 0] = calls[index] ?? [];
  const { bytes, view, address } = arena ??= prepareArena();
  const at = index * UCONTEXT.room;
  const context = bytes.subarray(at, at + UCONTEXT.room);
  const next = index + 1 < calls.length ? address + at + UCONTEXT.room : 0;
  const { getcontext, makecontext } = bindings();
  getcontext?.(context);
  view.setBigUint64(at + uc_link, BigInt(next), true);
  view.setBigUint64(at + stackAt, BigInt(address + MOST * UCONTEXT.room + index * STACK), true);
  view.setBigUint64(at + stackSizeAt, BigInt(STACK), true);
  makecontext?.(context, addressOfFunction(name), MOST_VALUES, one, two, three);
}
