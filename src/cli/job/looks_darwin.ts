import { reachesGate } from "../../child/launcher.ts";
import { temporaryDirectory } from "../../file/darwin.ts";
import { openFifo } from "../../file/descriptors.ts";
import { remove } from "../../file/posix.ts";
import { writtenStart } from "../../process/darwin.ts";
import type { Looks } from "./looks.ts";

/**
 * macOS: ps(1), and a FIFO that has its name only until the keeper has opened it. Opened for writing as well, it opens at
 * once even if procref has just been killed (XNU, fifo_open); then its end is read.
 *
 * What Apple's own programs have in their environment is shown to nobody. So a shell carries the mark as its name, and
 * becomes the command when the keeper knows its pid.
 */
export const darwin: Looks = {
  listen: 'exec 9<>"$1" <"$1" 9>&-\nrm -f "$1"',
  look: `
  set -- $(LC_ALL=C TZ=UTC0 ps -o stat= -o pgid= -o lstart= -p "$1")
  [ $# -eq 7 ] || return
  state=$1 group=$2 since=$3_$4_$5_$6_$7
`,
  marked: `
  ps -A -ww -o pid= -o command= | while read -r one words; do
    case $words in *"$mark"*) echo "$one" ;; esac
  done
`,
  written: writtenStart,
  pipe() {
    const path = `${temporaryDirectory()}procref-keeper-${crypto.randomUUID()}`;
    return { ...openFifo(path), path };
  },
  discard: remove,
  wrap: (words, mark) => ["/bin/sh", "-c", 'kill -STOP $$; exec "$@"', mark, ...words],
  admit(child) {
    if (reachesGate(child.pid)) child.sendSignal("SIGCONT");
  },
};
