import { assert, assertEquals, assertThrows } from "@std/assert";
import { ProcrefError } from "../../ffi/errors.ts";
import { native } from "../../ffi/mod.ts";
import { attributesOf } from "../../ffi/windows/attributes.ts";
import { closeHandle, HandleSlot, objects, succeeded } from "../../ffi/windows/ntdll.ts";
import { Place } from "../../src/counter/handle/place.ts";
import { openCounter, PermissionError } from "../../src/counter/mod.ts";
import { createSemaphore, namesWith, ownPrefix, spelled } from "../../src/object/named.ts";
import { privateSecurity } from "../../src/object/security.ts";
import { currentUser } from "../../src/object/user.ts";
import { uniqueName, windowsTest as test } from "../harness/mod.ts";

const STRANGE = [
  "Global\\db",
  "Local\\db",
  "Session\\1\\db",
  "..\\db",
  "\\BaseNamedObjects\\db",
  "CON",
  "nul.txt",
  "a/b:c*?",
  "trailing. ",
];

test("backslashes, Global\\, reserved and path-like names are names like all others", () => {
  for (const name of STRANGE) {
    using counter = openCounter(name);
    using upper = openCounter(name.toUpperCase() === name ? `${name}!` : name.toUpperCase());
    assertEquals([counter.acquire(), upper.acquire(), counter.count()], [1, 1, 1], name);
  }
});

test("an object's name carries the user and the session, and nothing that the kernel would read", () => {
  using counter = openCounter(uniqueName("Global\\Prefix"));
  counter.acquire();
  const { name: sid, session } = currentUser();
  assert(/^S-1-5-[\d-]+$/.test(sid), sid);
  const [gate = ""] = namesWith(ownPrefix()).filter((name) => name.includes(spelled(counter.name)));
  assert(gate.startsWith(`procref-${sid.toLowerCase()}-${session}-counter-test`), gate);
  assertEquals(/[\\A-Z]/.test(gate), false, gate);
});

test("the longest name, all of it in need of an escape, counts", () => {
  using counter = openCounter("\u00e9".repeat(127));
  assertEquals([counter.acquire(), counter.release()], [1, 0]);
});

test("nobody but the user has any right to an object", () => {
  const handle = createSemaphore({ name: `${ownPrefix()}-rights`, subject: "for the test" }, 1, 1);
  const bytes = new Uint8Array(256);
  const { NtQuerySecurityObject } = objects();
  const [OWNER, DACL] = [1, 4];
  const length = new Uint32Array(1);
  succeeded(
    NtQuerySecurityObject(handle, OWNER | DACL, bytes, bytes.length, length),
    "NtQuerySecurityObject",
  );
  closeHandle(handle);
  const view = new DataView(bytes.buffer);
  const { sid } = currentUser();
  const [owner, list] = [view.getUint32(4, true), view.getUint32(16, true)];
  assertEquals(bytes.slice(owner, owner + sid.length), sid);
  assertEquals(view.getUint16(list + 4, true), 1, "one entry");
  assertEquals(bytes[list + 8], 0, "which allows");
  assertEquals(bytes.slice(list + 16, list + 16 + sid.length), sid);
});

test("an object that somebody else has planted is a PermissionError", () => {
  const name = uniqueName("planted");
  const { name: object } = new Place("counter", name).part("gate");
  // The same descriptor, but with the administrators as owner.
  const security = Uint8Array.of(
    ...privateSecurity(),
    1,
    2,
    0,
    0,
    0,
    0,
    0,
    5,
    32,
    0,
    0,
    0,
    32,
    2,
    0,
    0,
  );
  new DataView(security.buffer).setUint32(4, privateSecurity().length, true);
  const { session } = currentUser();
  const path = `${session === 0 ? "" : `\\Sessions\\${session}`}\\BaseNamedObjects\\${object}`;
  const slot = new HandleSlot();
  const attributes = attributesOf({ root: 0, name: path, security });
  succeeded(objects().NtCreateMutant(slot.bytes, 0x1f0001, attributes, 0), "NtCreateMutant");
  try {
    const error = assertThrows(() => openCounter(name).acquire(), PermissionError);
    assert(error.message.includes(JSON.stringify(name)), error.message);
  } finally {
    closeHandle(slot.value);
  }
});

test("a library that is not there is a typed error that names it", () => {
  const table = { nothing: { args: [], returns: "i32" } } as const;
  const open = () => native.open(["no-such-library.dll"], table);
  assertEquals(assertThrows(open, ProcrefError, "no-such-library.dll").code, "not_found");
});
