// As warm.ts, for what is bound on Windows.

import * as creation from "../../../ffi/windows/creation.ts";
import * as kernel32 from "../../../ffi/windows/kernel32.ts";
import * as ntdll from "../../../ffi/windows/ntdll.ts";
import { winsock } from "../../../ffi/windows/winsock.ts";

const groups = [
  ntdll.objects,
  ntdll.ntProcesses,
  ntdll.sections,
  kernel32.fileNames,
  kernel32.fileChanges,
  winsock,
  creation.creation,
  creation.transfers,
  creation.jobs,
  kernel32.variables,
  kernel32.ownProgram,
];
for (const group of groups) {
  for (const name of Object.getOwnPropertyNames(group())) void Reflect.get(group(), name);
}
ntdll.waitForMultipleElsewhere();
kernel32.lastError();
