// How this program was started, and where it is, on Windows. It needs no permission but --allow-ffi.

import { native } from "../../ffi/mod.ts";
import { failure, ownProgram, wide } from "../../ffi/windows/kernel32.ts";
import { splitCommandLine } from "../child/windows/command_line.ts";
import { textAt } from "./environment_windows.ts";

const LONGEST_PATH = 32768;

/** The command line, which Windows keeps as one text. */
export function windowsCommandLine(): string[] {
  return splitCommandLine(textAt(native.numberOf(ownProgram().GetCommandLineW())));
}

/** The file that is being executed. @throws {SystemError} */
export function windowsExecutable(): string {
  const room = new Uint16Array(LONGEST_PATH);
  const length = ownProgram().GetModuleFileNameW(0, room, room.length);
  if (length === 0) throw failure("GetModuleFileNameW");
  return new TextDecoder("utf-16le").decode(room.subarray(0, length));
}

/** Moves this process to another directory. @throws {SystemError} */
export function changeWindowsDirectory(path: string): void {
  if (ownProgram().SetCurrentDirectoryW(wide(path)) === 0) {
    throw failure("SetCurrentDirectoryW", `to ${path}`);
  }
}
