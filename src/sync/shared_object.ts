import { ProcrefError } from "../../ffi/errors.ts";
import { checkName, quote } from "../name.ts";
import type { Kind } from "./header.ts";
import { type MappedObject, type SyncSystem, syncSystem } from "./system.ts";

/** How an object is opened. */
export interface OpenOptions {
  /**
   * `true`: opens the object, and makes it first if there is none. `false`: only opens. `"exclusive"`: only makes.
   *
   * @default {true}
   */
  readonly create?: boolean | "exclusive";
}

/** What an object must be like, or is made like. */
export interface Shape {
  /** Bytes. Undefined: any; the object cannot be made then. */
  readonly byteLength: number | undefined;
  readonly element?: number;
  /** True for objects that name threads. */
  readonly scoped: boolean;
  /** The first contents; by default zeros. */
  readonly fill?: (payload: ArrayBuffer) => void;
}

/** An open object. It stays mapped until it is closed and nothing that holds or waits uses it any more. */
export class SharedObject {
  readonly name: string;
  readonly subject: string;
  readonly system: SyncSystem;
  readonly #mapped: MappedObject;
  readonly #closing = new AbortController();
  #users = 1;
  #closed = false;

  private constructor(system: SyncSystem, mapped: MappedObject) {
    const { kind, name } = mapped.header;
    this.system = system;
    this.name = name;
    this.subject = `${kind} ${quote(name)}`;
    this.#mapped = mapped;
  }

  /**
   * @throws {TypeError} The name is no text, or holds NUL, or `create` is none of its values.
   * @throws {RangeError} The name is empty or too long.
   * @throws {ProcrefError} `"not_found"`, `"exists"`, `"mismatch"` or `"corrupt"`.
   * @throws {PermissionError} The object is another user's, or not made by procref.
   * @throws {SystemError} For example ENOSPC.
   */
  static open(kind: Kind, name: string, shape: Shape, options: OpenOptions): SharedObject {
    checkName(name, kind);
    const { create = true } = options;
    if (typeof create !== "boolean" && create !== "exclusive") {
      throw new TypeError(`create is true, false or "exclusive": ${String(create)}`);
    }
    const system = syncSystem();
    for (;;) {
      const found = create === "exclusive" ? undefined : system.open(kind, name);
      if (found !== undefined) return new SharedObject(system, matching(found, shape, system));
      const made = create === false ? undefined : make(system, kind, name, shape);
      if (made !== undefined) return new SharedObject(system, made);
      if (create === true) continue; // somebody else has just made it
      const code = create === false ? "not_found" : "exists";
      const what = create === false ? "There is no" : "There is already a";
      throw new ProcrefError(code, `${what} ${kind} ${quote(name)}`);
    }
  }

  /** The object's bytes, detached once it is unmapped. */
  get payload(): ArrayBuffer {
    return this.#mapped.payload;
  }

  get element(): number {
    return this.#mapped.header.element;
  }

  /** Fires at `close()`. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /** @throws {ProcrefError} `"closed"`. */
  assertOpen(): void {
    if (this.#closed) throw this.closedError();
  }

  closedError(): ProcrefError {
    return new ProcrefError("closed", `The ${this.subject} is closed`);
  }

  /** Keeps the mapping, over `close()` too, until `release()`. */
  retain(): void {
    this.#users++;
  }

  release(): void {
    if (--this.#users === 0) this.#mapped.unmap();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#closing.abort(this.closedError());
    this.release();
  }
}

function matching(mapped: MappedObject, shape: Shape, system: SyncSystem): MappedObject {
  const { header } = mapped;
  const what = `The ${header.kind} ${quote(header.name)}`;
  const { byteLength = header.byteLength, element = 0 } = shape;
  let problem: string | undefined;
  if (header.element !== element) problem = `${what} has elements of another type`;
  else if (header.byteLength !== byteLength) {
    problem = `${what} has ${header.byteLength} bytes, not ${byteLength}`;
  } else if (shape.scoped && header.scope !== system.scope()) {
    problem = `${what} was made in another pid namespace: whether its holders live cannot be told`;
  }
  if (problem === undefined) return mapped;
  mapped.unmap();
  throw new ProcrefError("mismatch", problem);
}

function make(
  system: SyncSystem,
  kind: Kind,
  name: string,
  shape: Shape,
): MappedObject | undefined {
  const { byteLength, element = 0, scoped, fill = () => {} } = shape;
  if (byteLength === undefined) {
    throw new TypeError(`There is no ${kind} ${quote(name)}; to make it takes a size`);
  }
  const scope = scoped ? system.scope() : 0n;
  return system.create({ kind, name, byteLength, element, scope }, fill);
}
