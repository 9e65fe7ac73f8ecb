// A futex is a word in shared memory with a queue of sleeping threads in the kernel. Wakers need no permission of
// sleepers, and a sleeper that dies leaves the queue. FUTEX_WAKE_OP changes a word and wakes its sleepers in one
// system call, which SIGKILL cannot divide (futex(2), FUTEX_WAKE_OP(2const)).

import { LINUX, LINUX_ON } from "../../../ffi/numbers/linux.ts";
import { architecture } from "../../../ffi/platform.ts";
import { futexWaiting, futexWaking, scheduling } from "../../../ffi/libc_memory.ts";
import { native } from "../../../ffi/mod.ts";
import type { Word } from "../system.ts";

const { FUTEX_OP_ADD, FUTEX_OP_SET, FUTEX_WAIT, FUTEX_WAKE, FUTEX_WAKE_OP } = LINUX;
const { SYS_futex } = LINUX_ON[architecture];
const EVERYBODY = 0x7fff_ffff;
const MOST_IN_ONE_STEP = 2047; // the operand has 12 bits and a sign

export function word(cells: Int32Array, index: number): Word {
  const cell = cells.subarray(index, index + 1);
  return { cell, address: native.addressOf(cell) };
}

/** Wakes everybody who sleeps on the word, and returns how many they were. */
export function wakeAll({ cell }: Word): number {
  return futexWaking().syscall(SYS_futex, cell, FUTEX_WAKE, EVERYBODY, 0, null, 0);
}

export function wake(word: Word): void {
  letGoFirst(wakeAll(word));
}

export function setAndWake(word: Word, value: number): void {
  letGoFirst(changeAndWake(word, FUTEX_OP_SET, value));
}

// The kernel may queue the woken thread behind this one, on the same CPU, though another CPU is idle (seen on Linux 6.18
// with two): it would run when this thread sleeps next, or has used up its slice of milliseconds.
function letGoFirst(woken: number): void {
  if (woken > 0) scheduling().sched_yield();
}

export function addAndWake(word: Word, value: number): void {
  changeAndWake(word, FUTEX_OP_ADD, value);
}

// First address: who is woken. Second: what is changed. The comparison (EQ 0) would decide about waking sleepers
// of the second, of whom none are asked for.
function changeAndWake({ cell }: Word, operation: number, operand: number): number {
  if (operand > MOST_IN_ONE_STEP) throw new RangeError(`${operand} is not within 12 bits`);
  const encoded = operation << 28 | operand << 12;
  return futexWaking().syscall(SYS_futex, cell, FUTEX_WAKE_OP, EVERYBODY, 0, cell, encoded);
}

const patience = new BigUint64Array(2);

export function block({ cell }: Word, expected: number, milliseconds: number): void {
  const seconds = Math.floor(milliseconds / 1000);
  patience[0] = BigInt(seconds); // struct timespec { time_t tv_sec; long tv_nsec; }
  patience[1] = BigInt(Math.round((milliseconds - seconds * 1000) * 1e6));
  // Woken, changed before, interrupted or too late: the caller looks at the word in every case.
  futexWaiting().syscall(SYS_futex, cell, FUTEX_WAIT, expected, patience);
}
