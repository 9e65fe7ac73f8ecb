// What the guardian of a group does when its owner is gone, whichever way: a few lines for its own shell, which is
// awake already, so that the tree dies within milliseconds.

import { dismiss, type GuardianHold, isWatched } from "../../guardian/pipe.ts";
import { startGuardian } from "../../guardian/start.ts";
import { writeAll } from "../../file/posix.ts";
import { initialEnvironment } from "../../runtime/process_files.ts";

// PROCREF_SUBJECT: the cgroup. What is in the middle of joining dies at the next turn, and what finds no directory never starts.
const CGROUP_PASS = `
prune() {
  for below in "$1"/*/; do [ -d "$below" ] && prune "\${below%/}"; done
  rmdir "$1"
}
while [ -d "$PROCREF_SUBJECT" ]; do
  echo 1 >"$PROCREF_SUBJECT/cgroup.kill"
  prune "$PROCREF_SUBJECT" || sleep 0.005
done
echo done`;

// PROCREF_SUBJECT: the mark. PROCREF_NOTE: gPID:START for each process group with the start time of its leader, pPID:START for
// each adopted process. A number that belongs to a process with another start time has been given away. A signal to a
// process group misses no fork under way, so it need not be found empty. In the middle of execve(2) a process shows no
// mark, so it looks twice. "kill -9 -- -N" is an error in dash, kill -s is POSIX.
const PROCESS_GROUP_PASS = `
started() {
  stat=$(cat "/proc/$1/stat") || return
  set -- \${stat##*) }
  echo "\${20}"
}
end() {
  entry=\${1#?}
  now=$(started "\${entry%:*}")
  case $1 in
    g*) [ -z "$now" ] || [ "$now" = "\${entry#*:}" ] && kill -s KILL -- "-\${entry%:*}" ;;
    p*) [ "$now" = "\${entry#*:}" ] && kill -9 "\${entry%:*}" ;;
  esac
}
left=50
empty=0
while [ $left -gt 0 ] && [ $empty -lt 2 ]; do
  left=$((left - 1))
  found=
  for each in $PROCREF_NOTE; do end "$each"; done
  for file in $(grep -l "PROCREF_GROUP=$PROCREF_SUBJECT" /proc/[0-9]*/environ); do
    file=\${file#/proc/}
    kill -9 "\${file%/environ}" && found=1
  done
  [ -n "$found" ] && empty=0 || empty=$((empty + 1))
  sleep 0.005
done
echo done`;

/** The variable by which a process group's members are found beyond their process group. */
export const MARK_VARIABLE = "PROCREF_GROUP";

/** The guardian of one group. */
export class GroupGuardian {
  readonly #plan: { readonly pass: string; readonly subject: string };
  #hold: GuardianHold;
  #note = "";

  private constructor(pass: string, subject: string) {
    this.#plan = { pass, subject };
    this.#hold = begin(pass, subject);
  }

  /** Watches over a cgroup, whether or not it is there yet. @throws {SystemError} */
  static ofCgroup(directory: string): GroupGuardian {
    return new GroupGuardian(CGROUP_PASS, directory);
  }

  /** Watches over process groups. @throws {SystemError} */
  static ofProcessGroups(mark: string): GroupGuardian {
    return new GroupGuardian(PROCESS_GROUP_PASS, mark);
  }

  /** Tells it what to kill, besides what it finds by itself. */
  note(note: string): void {
    this.#note = note;
    this.#write(note);
  }

  /** Tells it of one more. */
  add(entry: string): void {
    this.#note += ` ${entry}`;
    this.#write(`+${entry}`);
  }

  #write(line: string): void {
    writeAll(this.#hold.descriptor, new TextEncoder().encode(`${line}\n`));
  }

  /** Replaces it if somebody has killed it. @throws {SystemError} */
  async ensure(): Promise<void> {
    if (isWatched(this.#hold)) return;
    const dead = this.#hold;
    this.#hold = begin(this.#plan.pass, this.#plan.subject);
    if (this.#note !== "") this.note(this.#note);
    await dismiss(dead);
  }

  /** Sends it away: nothing is left to guard. */
  async dismiss(): Promise<void> {
    await dismiss(this.#hold);
  }
}

function begin(pass: string, subject: string): GuardianHold {
  return startGuardian({
    title: `procref-guardian of group ${subject}`,
    command: [],
    pass,
    directory: "/",
    environment: {
      PROCREF_SUBJECT: subject,
      PATH: `${initialEnvironment()["PATH"] ?? ""}:/bin:/usr/bin`,
    },
  });
}
