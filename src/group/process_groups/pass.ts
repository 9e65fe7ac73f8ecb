// What the guardian of process groups does when their owner is gone, for its own shell.

/** The variable by which members are found beyond their process group. */
export const MARK_VARIABLE = "PROCREF_GROUP";

/** Two functions of sh(1) that each system has in its own way. */
export interface Commands {
  /** Prints when process $1 started, in one word; nothing where there is none. */
  readonly started: string;
  /** Prints the pids of the processes with the variable `$mark` in their environment. */
  readonly marked: string;
}

/**
 * PROCREF_SUBJECT: the mark. PROCREF_NOTE: gPID:START for each process group with the start time of its leader,
 * pPID:START for each adopted process. A number that belongs to a process with another start time has been given away. A
 * signal to a process group misses no fork under way, so it need not be found empty. In the middle of execve(2) a process
 * shows no mark, so it looks twice. "kill -9 -- -N" is an error in dash, kill -s is POSIX.
 */
export function passOf({ started, marked }: Commands): string {
  return `
started() {${started}}
marked() {${marked}}
end() {
  entry=\${1#?}
  pid=\${entry%%:*}
  now=$(started "$pid")
  case $1 in
    g*) [ -z "$now" ] || [ "$now" = "\${entry#*:}" ] && kill -s KILL -- "-$pid" ;;
    p*) [ "$now" = "\${entry#*:}" ] && kill -9 "$pid" ;;
  esac
}
mark=${MARK_VARIABLE}=$PROCREF_SUBJECT
left=50
empty=0
while [ $left -gt 0 ] && [ $empty -lt 2 ]; do
  left=$((left - 1))
  found=
  for each in $PROCREF_NOTE; do end "$each"; done
  for pid in $(marked); do
    kill -9 "$pid" && found=1
  done
  [ -n "$found" ] && empty=0 || empty=$((empty + 1))
  sleep 0.005
done
echo done`;
}
