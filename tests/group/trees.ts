// Process trees that try to get away, and the eyes that look for what is left of them. Every process of a tree has
// its tag on its command line, whatever else it does.

import { readdirSync, readFileSync } from "node:fs";
import { platform } from "../../ffi/platform.ts";

/** One way of getting away. */
export type Trick =
  | "session"
  | "double fork"
  | "orphans"
  | "deaf"
  | "stopped"
  | "clean environment"
  | "hopping"
  | "burst";

/** All of them; the burst is the costly one. */
export const TRICKS: readonly Trick[] = [
  "session",
  "double fork",
  "orphans",
  "deaf",
  "stopped",
  "clean environment",
  "hopping",
  "burst",
];

const BURST = 500;

// `sleep` takes the tag as a fraction of its seconds, `sh` as its name.
const SCRIPTS: Record<Trick, (tag: string) => string> = {
  session: (tag) =>
    `setsid sleep 600.${tag} & setsid sh -c 'setsid sleep 601.${tag} & wait' ${tag} &`,
  "double fork": (tag) =>
    `(sleep 600.${tag} &) ; (setsid sh -c '(sleep 601.${tag} &) ; exec sleep 602.${tag}' ${tag} &)`,
  orphans: (tag) => `(sleep 600.${tag} &) ; (sh -c '(sleep 601.${tag} &)' ${tag} &)`,
  deaf: (tag) =>
    `setsid sh -c 'trap "" TERM HUP INT QUIT; while :; do sleep 600.${tag}; done' ${tag} &`,
  stopped: (tag) => `sleep 600.${tag} & kill -STOP $! ; setsid sh -c 'kill -STOP $$' ${tag} &`,
  "clean environment": (tag) =>
    `env -i setsid /bin/sh -c '(sleep 600.${tag} &) ; exec sleep 601.${tag}' ${tag} &`,
  // A new pid every few milliseconds: whoever kills by a list of pids comes too late.
  hopping: (tag) =>
    `hop='sleep 0.003; setsid sh -c "$1" "$0" "$1" & exit'; setsid sh -c "$hop" ${tag} "$hop" &`,
  burst: (tag) => `i=0; while [ $i -lt ${BURST} ]; do sleep 600.${tag} & i=$((i + 1)); done`,
};

/** What process groups hold: on macOS nobody with a session of his own, as Apple's programs show no mark. */
export const HELD: readonly Trick[] = platform === "darwin"
  ? ["orphans"]
  : ["session", "deaf", "stopped"];

/** Puts a shell's command into a session of its own, where even that holds it in its tree. */
export const OWN_SESSION = platform === "darwin" ? "" : "setsid ";

/** A tag of digits that nobody else has. */
export function newTag(): string {
  const digits = crypto.getRandomValues(new Uint32Array(2));
  return `7${String(digits[0]).padStart(10, "0")}${String(digits[1]).padStart(10, "0")}`;
}

/** The arguments of `sh` for a tree with this trick; its root stays, and says \`ready\` when the tree stands. */
export function tree(trick: Trick, tag: string, where = ""): string[] {
  return ["-c", `${SCRIPTS[trick](tag)}\necho ready ${where}\nexec sleep 603.${tag}`, tag];
}

/** The living processes with one of the tags on their command line, the caller's own excepted. */
export function survivors(tags: readonly string[], except: readonly number[] = []): number[] {
  return readdirSync("/proc").map(Number).filter((pid) => {
    if (!(pid > 0) || except.includes(pid)) return false;
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, "utf8");
      return tags.some((tag) => command.includes(tag)) && !isZombie(pid);
    } catch {
      return false;
    }
  });
}

function isZombie(pid: number): boolean {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  return stat.slice(stat.lastIndexOf(")") + 2).startsWith("Z");
}
