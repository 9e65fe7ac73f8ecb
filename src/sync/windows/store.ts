// Sections of the paging file (Microsoft, "Named Shared Memory"): memory that is there as long as anybody has it open,
// and is gone with the last one, whatever ends him. (On Linux an object stays until its name is unlinked.) A name
// cannot be taken from an object that others have open: who unlinks marks it, and who opens passes it over. So an
// object's own name ends in something random, and the objects of a name are found in the session's directory.

import { native } from "../../../ffi/mod.ts";
import { closeHandle } from "../../../ffi/windows/ntdll.ts";
import { quote } from "../../name.ts";
import { Gate } from "../../object/gate.ts";
import {
  createSection,
  namesWith,
  openSection,
  ownPrefix,
  spelled,
  type Where,
} from "../../object/named.ts";
import { mapSection, unmap, type View } from "../../object/view.ts";
import {
  decodeHeader,
  encodeHeader,
  HEADER_BYTES,
  type Kind,
  type ObjectHeader,
} from "../header.ts";
import type { MappedObject } from "../system.ts";
import { Channel, connect } from "./channel.ts";

/** Words of the header behind its last field: how often sleepers were woken, and whether it was unlinked. */
const WOKEN_WORD = 80;
const UNLINKED_WORD = 81;
const BYTE_LENGTH_AT = 16;

function start(kind: Kind, name: string): string {
  return `${ownPrefix()}-sync-${spelled(kind)}-${spelled(name)}-`;
}

function whereOf(kind: Kind, name: string, end: string): Where {
  return { name: start(kind, name) + end, subject: `for ${kind} ${quote(name)}` };
}

/** Everything about a name happens inside its gate: so nobody sees an object before it is complete. */
function inGate<T>(kind: Kind, name: string, body: () => T): T {
  using gate = Gate.open(whereOf(kind, name, "gate"));
  return gate.inside(body);
}

/** A section in this process's memory. */
class MappedSection {
  readonly #section: number;
  readonly #view: View;
  readonly head: ArrayBuffer;
  readonly #words: Int32Array;

  constructor(section: number, subject: string) {
    try {
      this.#view = mapSection(section, subject);
    } catch (error) {
      closeHandle(section);
      throw error;
    }
    this.#section = section;
    this.head = native.view(native.addressAt(this.#view.address), HEADER_BYTES);
    this.#words = new Int32Array(this.head);
  }

  get size(): number {
    return this.#view.size;
  }

  get woken(): Int32Array {
    return this.#words.subarray(WOKEN_WORD, WOKEN_WORD + 1);
  }

  get unlinked(): boolean {
    return Atomics.load(this.#words, UNLINKED_WORD) !== 0;
  }

  unlink(): void {
    Atomics.store(this.#words, UNLINKED_WORD, 1);
  }

  payload(length: number): ArrayBuffer {
    return native.view(native.addressAt(this.#view.address), length, HEADER_BYTES);
  }

  close(): void {
    this.head.transfer(0);
    unmap(this.#view);
    closeHandle(this.#section);
  }
}

function* views(kind: Kind, name: string): Generator<[MappedSection, Where]> {
  const beginning = start(kind, name);
  for (const found of namesWith(`${beginning}at-`)) {
    const where = whereOf(kind, name, found.slice(beginning.length));
    // An event of the object, not the object.
    if (found.includes("-woken-")) continue;
    const section = openSection(where);
    if (section !== undefined) yield [new MappedSection(section, where.subject), where];
  }
}

/** The one object of this name that was not unlinked. To be called inside the gate. */
function find(kind: Kind, name: string): [MappedSection, Where] | undefined {
  for (const [view, where] of views(kind, name)) {
    if (!view.unlinked) return [view, where];
    view.close();
  }
  return undefined;
}

/** Opens and maps the object; undefined where there is none. */
export function openObject(kind: Kind, name: string): MappedObject | undefined {
  return inGate(kind, name, () => {
    const found = find(kind, name);
    if (found === undefined) return undefined;
    const [view, where] = found;
    try {
      const bytes = new Uint8Array(view.head.slice(0));
      const told = HEADER_BYTES + new DataView(bytes.buffer).getUint32(BYTE_LENGTH_AT, true);
      // Views are as long as whole pages.
      const size = told <= view.size ? told : view.size;
      return mapped(view, where, decodeHeader(bytes, size, kind, name));
    } catch (error) {
      view.close();
      throw error;
    }
  });
}

/** Makes the object; undefined where there is one. Its memory is committed at once. */
export function createObject(
  header: ObjectHeader,
  fill: (payload: ArrayBuffer) => void,
): MappedObject | undefined {
  const { kind, name, byteLength } = header;
  return inGate(kind, name, () => {
    const existing = find(kind, name);
    existing?.[0].close();
    if (existing !== undefined) return undefined;
    const where = whereOf(kind, name, `at-${crypto.randomUUID()}`);
    const view = new MappedSection(createSection(where, HEADER_BYTES + byteLength), where.subject);
    new Uint8Array(view.head).set(encodeHeader(header));
    const object = mapped(view, where, header);
    try {
      fill(object.payload);
      return object;
    } catch (error) {
      object.unmap();
      throw error;
    }
  });
}

function mapped(view: MappedSection, where: Where, header: ObjectHeader): MappedObject {
  const payload = view.payload(header.byteLength);
  connect(payload, new Channel(where, view.woken));
  return {
    header,
    payload,
    unmap() {
      // Somebody else has detached the buffer, so another one lies over this memory: it must stay mapped.
      if (payload.detached) return;
      payload.transfer(0);
      view.close();
    },
  };
}

/** Takes the name away; false where there was none. */
export function unlinkObject(kind: Kind, name: string): boolean {
  return inGate(kind, name, () => {
    const found = find(kind, name);
    found?.[0].unlink();
    found?.[0].close();
    return found !== undefined;
  });
}

/** True for the name of an object that was unlinked, and is there only until it is closed. */
export function isUnlinked(name: string): boolean {
  const section = openSection({ name, subject: name });
  if (section === undefined) return true;
  const view = new MappedSection(section, name);
  try {
    return view.unlinked;
  } finally {
    view.close();
  }
}
