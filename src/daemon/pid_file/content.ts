/** What a pid file says. */
export interface Recorded {
  /** 0 to 2^32 - 1: whatever some system may call a pid. */
  readonly pid: number;
  /** Where the file has it on a second line, `start=TICKS`: then no later process with that pid is meant. */
  readonly startTime: string | undefined;
}

/** The largest number that a pid file may hold: pid_t is signed here, but not everywhere. */
export const LARGEST_RECORDED = 2 ** 32 - 1;

// Not a bare number: `kill $(cat daemon.pid)` in a script must not find a second pid there.
const START = "start=";
const GRAMMAR = /^\s*(\d+)(?:[ \t]*\r?\n\s*start=(\d+(?:\.\d+)?))?\s*$/;

/** The text's meaning; undefined where it is not a pid file's. Spaces and empty lines around it don't matter. */
export function parsePidFile(text: string): Recorded | undefined {
  const [, digits, startTime] = GRAMMAR.exec(text) ?? [];
  const pid = Number(digits);
  return digits === undefined || pid > LARGEST_RECORDED ? undefined : { pid, startTime };
}

/** The text of a pid file. */
export function formatPidFile({ pid, startTime }: Recorded): string {
  return startTime === undefined ? `${pid}\n` : `${pid}\n${START}${startTime}\n`;
}
