// A named pipe with a name that nobody can guess (CreateNamedPipeW): the child gets one end, ours is read and written
// without waiting, and an event tells when a transfer is done.

import { SystemError } from "../../../ffi/errors.ts";
import { native } from "../../../ffi/mod.ts";
import { nameless } from "../../../ffi/windows/attributes.ts";
import { creation, transfers } from "../../../ffi/windows/creation.ts";
import { failure, wide } from "../../../ffi/windows/kernel32.ts";
import { closeHandle, HandleSlot, objects, succeeded } from "../../../ffi/windows/ntdll.ts";
import { whenSignaled } from "../../../ffi/windows/poller.ts";
import { STATUS } from "../../../ffi/windows/status.ts";
import { privateSecurity } from "../../object/security.ts";

const INBOUND = 1;
const OUTBOUND = 2;
const OVERLAPPED = 0x40000000;
const FIRST_INSTANCE = 0x80000;
const REJECT_REMOTE = 8;
const GENERIC_READ = 0x80000000;
const GENERIC_WRITE = 0x40000000;
const OPEN_EXISTING = 3;
const ALL_OF_EVENT = 0x1f0003;
const NOTIFICATION_EVENT = 0;
const STATUS_PENDING = 0x103;
const CHUNK = 65536;

/** Our end and the child's end. The child's is inheritable and to be closed once the child has it. */
export interface Ends {
  readonly ours: Transfer;
  readonly childs: number;
}

/** A pipe to (`"write"`) or from (`"read"`) a child, seen from us. @throws {SystemError} */
export function openPipe(direction: "read" | "write"): Ends {
  const name = wide(`\\\\.\\pipe\\procref-${crypto.randomUUID()}`);
  const { CreateNamedPipeW } = creation();
  const [mode, access] = direction === "read" ? [INBOUND, GENERIC_WRITE] : [OUTBOUND, GENERIC_READ];
  const ours = CreateNamedPipeW(
    name,
    mode | OVERLAPPED | FIRST_INSTANCE,
    REJECT_REMOTE,
    1,
    CHUNK,
    CHUNK,
    0,
    securityAttributes(false),
  );
  if (ours === -1) throw failure("CreateNamedPipeW");
  try {
    return { childs: openInheritable(name, access), ours: new Transfer(ours) };
  } catch (error) {
    closeHandle(ours);
    throw error;
  }
}

/** The device that swallows everything and gives nothing. @throws {SystemError} */
export function openNowhere(): number {
  return openInheritable(wide("NUL"), GENERIC_READ | GENERIC_WRITE);
}

const SHARE_READ_WRITE = 3;

function openInheritable(name: Uint16Array<ArrayBuffer>, access: number): number {
  const { CreateFileW } = creation();
  const security = securityAttributes(true);
  const handle = CreateFileW(
    name,
    access >>> 0,
    SHARE_READ_WRITE,
    security,
    OPEN_EXISTING,
    0,
    null,
  );
  if (handle === -1) throw failure("CreateFileW");
  return handle;
}

/** SECURITY_ATTRIBUTES: length, descriptor, whether children inherit the handle. */
function securityAttributes(inheritable: boolean): BigUint64Array {
  return new BigUint64Array([24n, native.addressOf(privateSecurity()), inheritable ? 1n : 0n]);
}

/** Our end of a pipe. One transfer at a time. */
export class Transfer {
  #handle: number;
  readonly #event: number;
  /** IO_STATUS_BLOCK: the status, and the number of bytes. */
  readonly #outcome = new BigUint64Array(new ArrayBuffer(16));
  #busy: Promise<unknown> = Promise.resolve();

  constructor(handle: number) {
    this.#handle = handle;
    const slot = new HandleSlot();
    const { NtCreateEvent } = objects();
    succeeded(
      NtCreateEvent(slot.bytes, ALL_OF_EVENT, nameless(), NOTIFICATION_EVENT, 0),
      "NtCreateEvent",
    );
    this.#event = slot.value;
  }

  /** What is there, when something is; undefined at the end. @throws {SystemError} */
  async read(): Promise<Uint8Array | undefined> {
    const buffer = new Uint8Array(new ArrayBuffer(CHUNK));
    const { NtReadFile } = transfers();
    const count = await this.#transfer("NtReadFile", buffer, NtReadFile);
    return count === undefined ? undefined : buffer.subarray(0, count);
  }

  /** Writes everything. @throws {SystemError} Nobody reads any more. */
  async write(bytes: Uint8Array): Promise<void> {
    const { NtWriteFile } = transfers();
    // A copy in memory that does not move: the kernel reads it after this call has returned.
    const buffer = new Uint8Array(new ArrayBuffer(bytes.length));
    buffer.set(bytes);
    for (let done = 0; done < buffer.length;) {
      const count = await this.#transfer("NtWriteFile", buffer.subarray(done), NtWriteFile);
      if (count === undefined) throw new SystemError("NtWriteFile", STATUS.STATUS_PIPE_BROKEN);
      done += count;
    }
  }

  async #transfer(
    syscall: string,
    buffer: Uint8Array,
    call: ReturnType<typeof transfers>["NtReadFile"],
  ): Promise<number | undefined> {
    if (this.#handle === 0) return undefined;
    const args = [this.#handle, this.#event, null, null, this.#outcome] as const;
    let status = call(...args, buffer, buffer.length, null, null) >>> 0;
    if (status === STATUS_PENDING) {
      const done = whenSignaled(this.#event).done;
      this.#busy = done;
      await done;
      status = Number((this.#outcome[0] ?? 0n) & 0xffffffffn);
    }
    if (ENDS.includes(status)) return undefined;
    succeeded(status, syscall);
    return Number(this.#outcome[1] ?? 0n);
  }

  /** Closes the pipe; a transfer that is under way ends first. */
  async close(): Promise<void> {
    if (this.#handle === 0) return;
    const handle = this.#handle;
    this.#handle = 0;
    transfers().NtCancelIoFile(handle, new BigUint64Array(2));
    await this.#busy;
    closeHandle(handle);
    closeHandle(this.#event);
  }
}

const ENDS: readonly number[] = [
  STATUS.STATUS_PIPE_BROKEN,
  STATUS.STATUS_PIPE_CLOSING,
  STATUS.STATUS_PIPE_DISCONNECTED,
  STATUS.STATUS_END_OF_FILE,
  STATUS.STATUS_CANCELLED,
];

/** A stream that has failed asks for nothing any more, not even for its end. */
async function closedOnFailure<T>(pipe: Transfer, transfer: () => Promise<T>): Promise<T> {
  try {
    return await transfer();
  } catch (error) {
    await pipe.close();
    throw error;
  }
}

/** Our end as a stream to read from; it is read when somebody asks. */
export function readableOf(pipe: Transfer): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const piece = await closedOnFailure(pipe, () => pipe.read());
      if (piece !== undefined && piece.length > 0) return controller.enqueue(piece);
      if (piece !== undefined) return await this.pull?.(controller);
      await pipe.close();
      controller.close();
    },
    cancel: () => pipe.close(),
  }, { highWaterMark: 0 });
}

/** Our end as a stream to write to; closing it is end of file. */
export function writableOf(pipe: Transfer): WritableStream<Uint8Array> {
  return new WritableStream<Uint8Array>({
    write: (bytes) => closedOnFailure(pipe, () => pipe.write(bytes)),
    close: () => pipe.close(),
    abort: () => pipe.close(),
  });
}
