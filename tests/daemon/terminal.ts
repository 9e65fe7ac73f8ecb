// A pseudo-terminal (pty(7)), opened as a program would that doesn't think of O_NOCTTY.

import { readFileSync } from "node:fs";
import { platform } from "../../ffi/platform.ts";
import { LIBC_FILES, native, type SymbolTable } from "../../ffi/mod.ts";

const READ_WRITE = 2;
const NOCTTY = platform === "darwin" ? 0x20000 : 0x100;

const PTY = {
  open: { args: ["buffer", "i32", "u32"], returns: "i32" },
  unlockpt: { args: ["i32"], returns: "i32" },
  ptsname_r: { args: ["i32", "buffer", "u32"], returns: "i32" },
} as const satisfies SymbolTable;

/** Opens a terminal; returns the controlling terminal that this process has then, 0 for none (proc(5): tty_nr). */
export function openTerminal(): number {
  const libc = native.open(LIBC_FILES, PTY);
  const name = (text: string) => new TextEncoder().encode(`${text}\0`);
  const master = libc.open(name("/dev/ptmx"), READ_WRITE | NOCTTY, 0);
  const path = new Uint8Array(128);
  if (libc.unlockpt(master) !== 0 || libc.ptsname_r(master, path, path.length) !== 0) {
    throw new Error("This system has no pseudo-terminals");
  }
  if (libc.open(path, READ_WRITE, 0) === -1) throw new Error("The terminal can't be opened");
  const stat = readFileSync("/proc/self/stat", "utf8");
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[4]);
}

if (import.meta.main) console.log(openTerminal());
