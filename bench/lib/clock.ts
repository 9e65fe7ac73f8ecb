import { LIBC_FILES, native } from "../../ffi/mod.ts";

const { clock_gettime } = native.open(LIBC_FILES, {
  clock_gettime: { args: ["i32", "buffer"], returns: "i32" }, // int clock_gettime(clockid_t, struct timespec *)
});
const timespec = new BigUint64Array(2);
const CLOCK_MONOTONIC = 1;

/** Milliseconds of a clock that all processes share. */
export function clock(): number {
  clock_gettime(CLOCK_MONOTONIC, timespec);
  return Number(timespec[0]) * 1e3 + Number(timespec[1]) / 1e6;
}
