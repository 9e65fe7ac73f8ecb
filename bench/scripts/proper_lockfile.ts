import { createRequire } from "node:module";

/** The part of proper-lockfile that is used; it ships no types. */
interface ProperLockfile {
  lock(file: string, options: { realpath: boolean; retries: Retries }): Promise<Unlock>;
}

type Unlock = () => Promise<void>;

/** It cannot wait, only try again: how often at most, or after which pauses. */
type Retries = number | {
  readonly forever: true;
  readonly retries: number;
  readonly factor: number;
  readonly minTimeout: number;
  readonly maxTimeout: number;
};

const { lock }: ProperLockfile = createRequire(import.meta.url)("proper-lockfile");

/**
 * `own`: the pauses that it takes when it is only told to try again, a second that doubles each time.
 * `short`: a millisecond, the shortest that it accepts.
 */
const PAUSES: Readonly<Record<"own" | "short", Retries>> = {
  own: 1000,
  short: { forever: true, retries: 1, factor: 1, minTimeout: 1, maxTimeout: 1 },
};

/** Takes the lock of a file; the result frees it. */
export function lockFile(file: string, pauses: "own" | "short"): Promise<Unlock> {
  return lock(file, { realpath: false, retries: PAUSES[pauses] });
}
