import { runtime } from "./mod.ts";

// asm/fcntl.h: the one place where the two differ. O_TMPFILE contains O_DIRECTORY.
const FLAGS = {
  "x86-64": { noFollow: 0x20000, temporary: 0x410000 },
  "arm64": { noFollow: 0x8000, temporary: 0x404000 },
} as const;

/** The flags of open(2) whose numbers depend on the processor: O_NOFOLLOW and O_TMPFILE. */
export function openFlags(): (typeof FLAGS)[keyof typeof FLAGS] {
  return FLAGS[runtime.architecture];
}
