import type { GuardianAddress } from "../../guardian/pipe.ts";
import { LARGEST_PID } from "../../process/identity.ts";
import { isSignalName, type SignalName } from "../../process/signals.ts";
import type { ServiceInfo } from "../types.ts";

/** What the file of a service says. It is a hint for people and for speed; the kernel decides. */
export interface ServiceRecord {
  readonly name: string;
  readonly state: "none" | "starting" | "running" | "recovering" | "stopping";
  /** In the environment of everything that this start launched. */
  readonly token: string;
  /** The token of the generation that a recovery replaces. */
  readonly previous: string;
  /** Only what belongs to the service carries the token, so that its carriers go when it is stopped. */
  readonly exclusive: boolean;
  readonly guardian: GuardianAddress | undefined;
  /** Windows: the name of the job object that its processes are in. */
  readonly job: string | undefined;
  /** The process, from `running` on. */
  readonly info: ServiceInfo | undefined;
  readonly startTime: string;
  readonly generation: number;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly stop: { readonly signal: SignalName; readonly timeout: number };
  readonly linger: number;
  readonly module: string | undefined;
  /** Since the guardian found nobody left, until somebody comes. */
  readonly idle: boolean;
  /** Boot id and namespaces: from another boot or container, pids mean nothing. */
  readonly host: string;
}

const FORMAT = 1;
const FOREVER = "forever";
const LARGEST_PORT = 65535;
const LARGEST_DATE = 8.64e15; // of a Date, in milliseconds (ECMA-262)

/** The file's text. */
export function encodeRecord(record: ServiceRecord): string {
  return `${JSON.stringify({ format: FORMAT, ...record }, forever, 2)}\n`;
}

/** JSON has no Infinity: a duration without end is told as a word. */
function forever(_: string, value: unknown): unknown {
  return value === Infinity ? FOREVER : value;
}

/** The record in a file's text. @throws {Error} It is not one; the message says what is wrong with it. */
export function decodeRecord(text: string): ServiceRecord {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error(text === "" ? "it is empty" : "it is not JSON");
  }
  const fields = new Fields(value);
  const format = fields.integer("format", Number.MAX_SAFE_INTEGER);
  if (format !== FORMAT) {
    throw new Error(`its format is ${format}, and this procref reads ${FORMAT}`);
  }
  return {
    name: fields.string("name"),
    state: fields.state("state"),
    token: fields.string("token"),
    previous: fields.string("previous"),
    exclusive: fields.boolean("exclusive"),
    guardian: fields.optional("guardian", guardianAddress),
    job: fields.has("job") ? fields.string("job") : undefined,
    info: fields.optional("info", serviceInfo),
    startTime: fields.string("startTime"),
    generation: fields.integer("generation", Number.MAX_SAFE_INTEGER),
    startedAt: fields.integer("startedAt", LARGEST_DATE),
    stop: stopPolicy(fields.value("stop")),
    linger: fields.duration("linger"),
    module: fields.has("module") ? fields.string("module") : undefined,
    idle: fields.boolean("idle"),
    host: fields.string("host"),
  };
}

/** The fields of an object that came from outside. */
class Fields {
  readonly #object: Readonly<Record<string, unknown>>;

  constructor(value: unknown) {
    if (typeof value !== "object" || value === null) throw new Error("it is not an object");
    this.#object = value as Record<string, unknown>;
  }

  value(name: string): unknown {
    return Object.hasOwn(this.#object, name) ? this.#object[name] : undefined;
  }

  string(name: string): string {
    const value = this.value(name);
    if (typeof value !== "string") throw new Error(`its ${name} is not a string`);
    return value;
  }

  has(name: string): boolean {
    return this.value(name) !== undefined;
  }

  boolean(name: string): boolean {
    const value = this.value(name);
    if (typeof value !== "boolean") throw new Error(`its ${name} is not true or false`);
    return value;
  }

  /** An integer from 0 to a limit. */
  integer(name: string, limit: number): number {
    const value = this.value(name);
    if (typeof value !== "number" || !Number.isInteger(value) || value < 0 || value > limit) {
      throw new Error(`its ${name} is not an integer from 0 to ${limit}`);
    }
    return value;
  }

  duration(name: string): number {
    const value = this.value(name);
    if (value === FOREVER || value === Infinity) return Infinity;
    if (typeof value !== "number" || !(value >= 0)) throw new Error(`its ${name} is no duration`);
    return value;
  }

  state(name: string): ServiceRecord["state"] {
    const value = this.value(name);
    switch (value) {
      case "none":
      case "starting":
      case "running":
      case "recovering":
      case "stopping":
        return value;
      default:
        throw new Error(`its ${name} is unknown`);
    }
  }

  optional<T>(name: string, parse: (value: unknown) => T): T | undefined {
    const value = this.value(name);
    return value === undefined ? undefined : parse(value);
  }

  entries(): [string, unknown][] {
    return Object.entries(this.#object);
  }
}

function guardianAddress(value: unknown): GuardianAddress {
  const fields = new Fields(value);
  return {
    pid: pidOf(fields),
    startTime: fields.string("startTime"),
    inode: fields.string("inode"),
    ...(fields.has("fifo") ? { fifo: fields.string("fifo") } : {}),
  };
}

function pidOf(fields: Fields): number {
  const pid = fields.integer("pid", LARGEST_PID);
  if (pid === 0) throw new Error("its pid is 0");
  return pid;
}

function stopPolicy(value: unknown): ServiceRecord["stop"] {
  if (typeof value !== "object" || value === null) throw new Error("its stop is no policy");
  const fields = new Fields(value);
  const signal = fields.string("signal");
  if (!isSignalName(signal)) throw new Error("its stop signal is none of this platform's");
  return { signal, timeout: fields.duration("timeout") };
}

function serviceInfo(value: unknown): ServiceInfo {
  const fields = new Fields(value);
  const port = fields.has("port") ? fields.integer("port", LARGEST_PORT) : undefined;
  if (port === 0) throw new Error("its port is 0");
  const metadata = fields.optional("metadata", metadataOf);
  return {
    pid: pidOf(fields),
    ...(port === undefined ? {} : { port }),
    ...(metadata === undefined ? {} : { metadata }),
  };
}

function metadataOf(value: unknown): Record<string, string> {
  return Object.fromEntries(
    new Fields(value).entries().map(([name, text]) => {
      if (typeof text !== "string") throw new Error(`its metadata ${name} is not a string`);
      return [name, text];
    }),
  );
}

/**
 * What a callback returned as a service, checked.
 *
 * @throws {TypeError} It is no `ServiceInfo`.
 */
export function checkInfo(value: unknown, callback: string): ServiceInfo {
  try {
    return serviceInfo(value);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new TypeError(`${callback} must return { pid, port?, metadata? }: ${why}`);
  }
}
