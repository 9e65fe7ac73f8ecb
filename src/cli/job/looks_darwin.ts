import { remove } from "../../file/posix.ts";
import { writtenStart } from "../../process/darwin.ts";
import { FifoGate, opening, ownFifo } from "./gate_darwin.ts";
import type { Looks } from "./looks.ts";

/** macOS: ps(1), and a FIFO that has its name only until the keeper has opened it. */
export const darwin: Looks = {
  listen: opening(0),
  look: `
  set -- $(LC_ALL=C TZ=UTC0 ps -o stat= -o pgid= -o lstart= -p "$1")
  [ $# -eq 7 ] || return
  state=$1 group=$2 since=$3_$4_$5_$6_$7
`,
  marked: " :; ",
  written: writtenStart,
  pipe: ownFifo,
  discard: remove,
  gate: () => new FifoGate(),
};
