import { closeHandle } from "../../ffi/windows/ntdll.ts";
import { sleep } from "../wait.ts";
import { openToRead, readFrom, sizeOf } from "./windows.ts";

const LARGEST_READ = 1 << 20;
// A directory tells of a file's growth only when its writer closes it, so the file itself is asked.
const BETWEEN = 20; // ms

/** The last bytes of a file, at most `length`, from an offset on; none where it can't be read. */
export function tail(path: string, from: number, length: number): Uint8Array {
  let file: number | undefined;
  try {
    file = openToRead(path);
    if (file === undefined) return new Uint8Array();
    return readFrom(file, Math.max(from, sizeOf(file) - length), length);
  } catch {
    // What a pipe has been given can't be read again; the message goes without it.
    return new Uint8Array();
  } finally {
    if (file !== undefined) closeHandle(file);
  }
}

/** A file's text from an offset in bytes on, in pieces, as it grows; endless until the signal fires. */
export async function* followOnWindows(
  path: string,
  from: number,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  const file = openToRead(path);
  if (file === undefined) throw new Error(`The log ${path} is gone`);
  try {
    for (let offset = from; !signal.aborted;) {
      const more = Math.min(LARGEST_READ, sizeOf(file) - offset);
      if (more <= 0) {
        await sleep(BETWEEN, signal);
        continue;
      }
      const piece = readFrom(file, offset, more);
      offset += piece.length;
      yield decoder.decode(piece, { stream: true });
    }
  } finally {
    closeHandle(file);
  }
}
