// The environment of this process on Windows, as children inherit it. It needs no permission but --allow-ffi.

import { native } from "../../ffi/mod.ts";
import { failure, variables, wide } from "../../ffi/windows/kernel32.ts";

const CHUNK = 4096; // bytes: one page after the other, because behind the block nothing may be read

/** All variables. The entries whose name begins with "=" (the working directory of each drive) are none. */
export function windowsEnvironment(): Record<string, string> {
  const { GetEnvironmentStringsW, FreeEnvironmentStringsW } = variables();
  const block = GetEnvironmentStringsW();
  if (block === null) throw failure("GetEnvironmentStringsW");
  try {
    const entries: string[] = [];
    for (let at = 0;;) {
      const entry = textAt(native.numberOf(block) + BigInt(at * 2));
      if (entry === "") return Object.fromEntries(entries.map(split));
      if (!entry.startsWith("=")) entries.push(entry);
      at += entry.length + 1;
    }
  } finally {
    FreeEnvironmentStringsW(block);
  }
}

/** The characters at an address, up to the next NUL. */
export function textAt(address: bigint): string {
  let text = "";
  for (let start = address;;) {
    const room = CHUNK - Number(start % BigInt(CHUNK));
    const page = new Uint16Array(native.view(native.addressAt(start), room));
    const end = page.indexOf(0);
    text += new TextDecoder("utf-16le").decode(page.slice(0, end === -1 ? undefined : end));
    if (end !== -1) return text;
    start += BigInt(room);
  }
}

function split(entry: string): [string, string] {
  const equals = entry.indexOf("=");
  return [entry.slice(0, equals), entry.slice(equals + 1)];
}

/** Sets a variable, or removes it. @throws {SystemError} */
export function setWindowsVariable(name: string, value: string | undefined): void {
  const text = value === undefined ? null : wide(value);
  if (variables().SetEnvironmentVariableW(wide(name), text) === 0) {
    throw failure("SetEnvironmentVariableW", `for ${name}`);
  }
}
