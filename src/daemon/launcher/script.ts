// From launcher to daemon, by a shell that forks: a runtime with its threads can't.
//
// - The shell leads a session of its own (setsid(2)). The daemon is its child, so it is in that session, but not its
//   leader: only a leader gets a controlling terminal when it opens one (credentials(7), open(2): O_NOCTTY).
// - The child writes the pid file and tells the launcher who it is before it becomes the program, by `exec`: pid and
//   start time stay. So from its first instant on there is no daemon that the pid file doesn't name.
// - It is a foreground child: one after `&` would ignore SIGINT and SIGQUIT for life.
// - Some shells report a child that a signal has ended; the shell has no standard error of its own.
// - The shell waits for it, to tell how it ended, until the launcher lets go of the control pipe, or dies: then the
//   watcher kills the shell, and the daemon is nobody's child. As long as the watcher lives, the shell's pid is its
//   session's number and can't be given to another process.
// - On Linux the child finds in /proc who it is. On macOS only sysctl(3) tells a start time exactly: the child writes its
//   pid into the order, and the launcher answers with both by one more pipe. If the launcher is killed before, the child
//   reads the end of that pipe, and there is no daemon.

import { platform } from "../../../ffi/platform.ts";

/** The descriptors of the script, one digit each as sh(1) wants it. */
export const DESCRIPTORS = {
  /** The order (order.ts), to which the child appends who it is. */
  order: 3,
  /** The write end of the pipe that tells the launcher to look at the order. */
  signal: 4,
  /** The read end of the control pipe. */
  control: 5,
  /** The locked pid file. */
  pidFile: 6,
  /** The read end of the pipe by which the child is told who it is, where it is told. */
  introduction: 7,
} as const;

/** What a list of processes shows as long as the program has not taken over. */
export const TITLE = "procref-daemon-launcher";

/** True where the child is told who it is. */
export const INTRODUCED = platform === "darwin";

// $$ would be the leader's pid; to a child of this one it is the parent's.
const WHO = INTRODUCED
  ? `/bin/sh -c 'echo $PPID >&3; echo >&4'
  read -r pid start <&7 || exit
  exec 7<&-`
  : "read -r pid _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ start _ </proc/self/stat";

// $1: the directory to start in, or nothing; $2: the umask; $3: is there a pid file; $4: does the program know of
// the order. Then the program and its arguments.
export const SCRIPT = `{ read -r _ <&5; kill -KILL $$; } 3>&- 4>&- 6>&- 7<&- >/dev/null 2>&1 &
exec 8>&2 2>/dev/null
(
  exec 2>&8 8>&- 5<&-
  ${WHO}
  if [ -n "$3" ]; then printf '%s\\nstart=%s\\n' "$pid" "$start" >&6 || exit; fi
  printf '%s %s\\n' "$pid" "$start" >&3
  if [ -n "$1" ]; then cd -- "$1" || exit; fi
  umask "$2"
  if [ -n "$4" ]; then shift 4; exec "$@"; fi
  shift 4
  exec "$@" 3>&- 4>&-
)
exit $?`;
