import { creation, transfers } from "../../../ffi/windows/creation.ts";
import { terminal } from "../../runtime/terminal/mod.ts";

const STD_OUTPUT = -11;
const PIPE_LOCAL_INFORMATION = 24;
const PIPE_LOCAL_WORDS = 10;
const STATE_WORD = 8;
const CONNECTED = 3; // FILE_PIPE_CONNECTED_STATE

/** Text by the runtime, which knows how a console takes it; nothing where nobody reads any more. */
export function writeOnWindows(descriptor: 1 | 2, bytes: Uint8Array): void {
  try {
    for (let rest = bytes; rest.length > 0;) {
      rest = rest.subarray(terminal.write(descriptor, rest));
    }
  } catch {
    // A pipe without a reader, or no handle at all.
  }
}

/** True unless standard output is a pipe whose other end is closed (FILE_PIPE_LOCAL_INFORMATION). */
export function isReadOnWindows(): boolean {
  const handle = creation().GetStdHandle(STD_OUTPUT);
  const words = new Uint32Array(PIPE_LOCAL_WORDS);
  const { NtQueryInformationFile } = transfers();
  const outcome = new BigUint64Array(2);
  const { byteLength } = words;
  const status = NtQueryInformationFile(handle, outcome, words, byteLength, PIPE_LOCAL_INFORMATION);
  // Neither a file nor a console is a pipe.
  return status !== 0 || words[STATE_WORD] === CONNECTED;
}
