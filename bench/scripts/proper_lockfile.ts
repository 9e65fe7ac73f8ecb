import { createRequire } from "node:module";

/** The part of proper-lockfile that is used; it ships no types. */
interface ProperLockfile {
  lock(
    file: string,
    options: {
      realpath: boolean;
      retries: {
        forever: true;
        retries: number;
        factor: number;
        minTimeout: number;
        maxTimeout: number;
      };
    },
  ): Promise<() => Promise<void>>;
}

const { lock }: ProperLockfile = createRequire(import.meta.url)("proper-lockfile");

// It cannot wait, only try again; a millisecond is the shortest pause that it takes.
const retries = { forever: true, retries: 1, factor: 1, minTimeout: 1, maxTimeout: 1 } as const;

/** Takes the lock of a file; the result frees it. */
export function lockFile(file: string): Promise<() => Promise<void>> {
  return lock(file, { realpath: false, retries });
}
