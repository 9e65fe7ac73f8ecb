// posix_spawn(3): a child in its own session with exactly the descriptors it is given. The runtimes neither
// know nor reap such a child; its launcher does, by `reap`.

import { checked, cstring, processes, restarted, spawning } from "../../ffi/libc.ts";
import { native } from "../../ffi/mod.ts";
import { SystemError } from "../../ffi/errors.ts";
import { inheritable } from "../file/descriptors.ts";
import { close } from "../file/posix.ts";

/** What to launch. */
export interface Launch {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly directory: string;
  /** The descriptor that becomes 0; 1 and 2 become /dev/null, unless `descriptors` has them. */
  readonly stdin: number;
  /** More descriptors: the child's number, and ours. */
  readonly descriptors?: Readonly<Record<number, number>>;
  /** True: the launcher takes the exit status by `collect`; otherwise `reap` drops it. */
  readonly collected?: boolean;
}

// Larger than the structures of glibc (336 and 80 bytes) and of musl on any architecture.
const STRUCTURE_BYTES = 512;
const SET_SIGMASK_SIGDEF_SETSID = 0x08 | 0x04 | 0x80;
const WRITE_ONLY = 1;
const WNOHANG = 1;
const F_DUPFD_CLOEXEC = 1030;
const FIRST_OUT_OF_THE_WAY = 64; // above every number that a child is given

const launched = new Set<number>();

/** Starts the program and returns its pid. @throws {SystemError} */
export function launch(order: Launch): number {
  const { command, environment, directory, collected } = order;
  const libc = spawning();
  const [program = ""] = command;
  const actions = new Uint8Array(STRUCTURE_BYTES);
  const attributes = new Uint8Array(STRUCTURE_BYTES);
  const pid = new Int32Array(1);
  const everySignal = new Uint8Array(128).fill(0xff);
  const noSignal = new Uint8Array(128);
  const nowhere = cstring("/dev/null");
  const given = Object.entries({ ...order.descriptors, 0: order.stdin }).map(
    ([target, source]) => ({ target: Number(target), source: outOfTheWay(source) }),
  );
  libc.posix_spawn_file_actions_init(actions);
  libc.posix_spawnattr_init(attributes);
  try {
    for (const descriptor of inheritable()) {
      libc.posix_spawn_file_actions_addclose(actions, descriptor);
    }
    libc.posix_spawn_file_actions_addopen(actions, 1, nowhere, WRITE_ONLY, 0);
    libc.posix_spawn_file_actions_addopen(actions, 2, nowhere, WRITE_ONLY, 0);
    for (const { target, source } of given) {
      libc.posix_spawn_file_actions_adddup2(actions, source, target);
    }
    libc.posix_spawn_file_actions_addchdir_np(actions, cstring(directory));
    // The runtimes ignore SIGPIPE and may block others; a child would inherit that.
    libc.posix_spawnattr_setsigdefault(attributes, everySignal);
    libc.posix_spawnattr_setsigmask(attributes, noSignal);
    libc.posix_spawnattr_setflags(attributes, SET_SIGMASK_SIGDEF_SETSID);
    const argv = stringArray(command);
    const variables = stringArray(Object.entries(environment).map((pair) => pair.join("=")));
    const failure = libc.posix_spawnp(
      pid,
      cstring(program),
      actions,
      attributes,
      argv.pointers,
      variables.pointers,
    );
    if (failure !== 0) throw new SystemError("posix_spawn", failure, `for ${program}`);
  } finally {
    libc.posix_spawn_file_actions_destroy(actions);
    libc.posix_spawnattr_destroy(attributes);
    for (const { source } of given) close(source);
  }
  const [child = 0] = pid;
  if (!collected) launched.add(child);
  return child;
}

/** A copy of a descriptor with a number that no child is given: otherwise one dup2(2) could overwrite the next one's source. */
function outOfTheWay(descriptor: number): number {
  return checked(spawning().fcntl(descriptor, F_DUPFD_CLOEXEC, FIRST_OUT_OF_THE_WAY), "fcntl");
}

/**
 * Takes the exit status of a launched child that has ended, which then is no zombie any more: the code, or 128 and
 * the signal, as a shell tells it. Undefined while it runs, or if somebody else has taken it.
 */
export function collect(pid: number): number | undefined {
  const status = new Int32Array(1);
  if (restarted(() => processes().waitpid(pid, status, WNOHANG)) !== pid) return undefined;
  const [word = 0] = status;
  const signal = word & 0x7f;
  return signal === 0 ? (word >> 8) & 0xff : 128 + signal;
}

/** A `char *[]` with its NULL at the end. The strings must live as long as the pointers to them. */
function stringArray(
  texts: readonly string[],
): { pointers: BigUint64Array; strings: Uint8Array[] } {
  const strings = texts.map(cstring);
  const addresses = strings.map((string) => native.addressOf(string));
  return { pointers: new BigUint64Array([...addresses, 0n]), strings };
}

/** Takes the exit status of every launched child that has ended, so that none stays a zombie. */
export function reap(): void {
  for (const pid of launched) {
    // 0: it still runs. Anything else: it is reaped, or somebody else has done so.
    if (restarted(() => processes().waitpid(pid, null, WNOHANG)) !== 0) launched.delete(pid);
  }
}
