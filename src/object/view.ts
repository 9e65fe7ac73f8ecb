// A section in this process's memory (Microsoft, "Creating a File Mapping Object").

import { SystemError } from "../../ffi/errors.ts";
import { native } from "../../ffi/mod.ts";
import { CURRENT_PROCESS, sections } from "../../ffi/windows/ntdll.ts";

const READ_WRITE = 4;
const NOT_FOR_CHILDREN = 2;

/** Where a section is mapped, and how long the view is: whole pages. */
export interface View {
  readonly address: bigint;
  readonly size: number;
}

/** Maps all of a section. @throws {SystemError} */
export function mapSection(section: number, subject: string): View {
  const base = new BigUint64Array(1);
  const size = new BigUint64Array(1);
  const { NtMapViewOfSection } = sections();
  const status = NtMapViewOfSection(
    section,
    CURRENT_PROCESS,
    base,
    0,
    0,
    null,
    size,
    NOT_FOR_CHILDREN,
    0,
    READ_WRITE,
  );
  if (status !== 0) throw new SystemError("NtMapViewOfSection", status >>> 0, subject);
  return { address: base[0] ?? 0n, size: Number(size[0]) };
}

/** Ends a view: nothing may be read there any more. */
export function unmap({ address }: View): void {
  sections().NtUnmapViewOfSection(CURRENT_PROCESS, native.addressAt(address));
}
