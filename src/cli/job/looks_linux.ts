import { processes } from "../../../ffi/libc.ts";
import { pipe } from "../../file/descriptors.ts";
import type { Looks } from "./looks.ts";

/** Linux: /proc (proc(5)). */
export const linux: Looks = {
  listen: 'exec <"$1"',
  look: `
  read -r stat <"/proc/$1/stat" || return
  set -- \${stat##*) }
  state=$1 group=$3 since=\${20}
`,
  marked: `
  for entry in /proc/[0-9]*; do
    look "\${entry#/proc/}"
    [ "$group" = "$own" ] && tr '\\0' '\\n' <"$entry/environ" | grep -qx "$mark" || continue
    echo "\${entry#/proc/}"
  done
`,
  written: (startTime) => startTime,
  pipe() {
    const ends = pipe();
    return { ...ends, path: `/proc/${processes().getpid()}/fd/${ends.readEnd}` };
  },
  discard() {},
  gate: () => undefined,
};
