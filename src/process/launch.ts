// posix_spawn(3): a child in its own session with exactly the descriptors it is given. The runtimes neither
// know nor reap such a child; its launcher does, by `reap` (launched.ts).

import {
  POSIX,
  SIGINFO,
  SIGSET,
  SPAWN_ACTIONS,
  SPAWN_ATTRIBUTES,
  SPAWN_CLOEXEC_DEFAULT,
} from "../../ffi/numbers/mod.ts";
import { checked, cstring, files, processes, restarted } from "../../ffi/libc.ts";
import { spawning } from "../../ffi/libc_spawn.ts";
import { children } from "../../ffi/libc_children.ts";
import { native } from "../../ffi/mod.ts";
import { platform } from "../../ffi/platform.ts";
import { SystemError } from "../../ffi/errors.ts";
import { inheritable } from "../file/descriptors.ts";
import { close } from "../file/posix.ts";
import { launched } from "./launched.ts";

// Another system's way is loaded only there.
const darwin = platform === "darwin" ? await import("./darwin.ts") : undefined;

/** What to launch. */
export interface Launch {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly directory: string;
  /** The descriptor that becomes 0; 1 and 2 become /dev/null, unless `descriptors` has them. */
  readonly stdin: number;
  /** More descriptors: the child's number, and ours. */
  readonly descriptors?: Readonly<Record<number, number>>;
  /** True: the launcher looks at its `endingOf`, and calls `collect`; otherwise `reap` drops it. */
  readonly collected?: boolean;
}

const { CLD_EXITED, F_DUPFD_CLOEXEC, P_PID, WEXITED, WNOHANG, WNOWAIT } = POSIX;
const { O_WRONLY, POSIX_SPAWN_SETSID, POSIX_SPAWN_SETSIGDEF, POSIX_SPAWN_SETSIGMASK } = POSIX;
const FIRST_OUT_OF_THE_WAY = 64; // above every number that a child is given

/** Starts the program and returns its pid. @throws {SystemError} */
export function launch(order: Launch): number {
  const { command, environment, directory, collected } = order;
  const libc = spawning();
  const [program = ""] = command;
  const actions = new Uint8Array(SPAWN_ACTIONS.room);
  const attributes = new Uint8Array(SPAWN_ATTRIBUTES.room);
  const pid = new Int32Array(1);
  const everySignal = new Uint8Array(SIGSET.room).fill(0xff);
  const noSignal = new Uint8Array(SIGSET.room);
  const nowhere = cstring("/dev/null");
  const given: { target: number; source: number }[] = [];
  libc.posix_spawn_file_actions_init(actions);
  libc.posix_spawnattr_init(attributes);
  try {
    for (const [target, source] of Object.entries({ ...order.descriptors, 0: order.stdin })) {
      given.push({ target: Number(target), source: outOfTheWay(source) });
    }
    // What another thread has just opened, macOS keeps from the child: pipe(2) sets no FD_CLOEXEC there.
    for (const descriptor of SPAWN_CLOEXEC_DEFAULT === 0 ? inheritable() : []) {
      libc.posix_spawn_file_actions_addclose(actions, descriptor);
    }
    libc.posix_spawn_file_actions_addopen(actions, 1, nowhere, O_WRONLY, 0);
    libc.posix_spawn_file_actions_addopen(actions, 2, nowhere, O_WRONLY, 0);
    for (const { target, source } of given) {
      libc.posix_spawn_file_actions_adddup2(actions, source, target);
    }
    libc.posix_spawn_file_actions_addchdir_np(actions, cstring(directory));
    // The runtimes ignore SIGPIPE and may block others; a child would inherit that.
    libc.posix_spawnattr_setsigdefault(attributes, everySignal);
    libc.posix_spawnattr_setsigmask(attributes, noSignal);
    libc.posix_spawnattr_setflags(
      attributes,
      POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSID | SPAWN_CLOEXEC_DEFAULT,
    );
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
  return checked(files().fcntl(descriptor, F_DUPFD_CLOEXEC, FIRST_OUT_OF_THE_WAY), "fcntl");
}

const CODE = 0xff;
const SIGNAL = 0x7f; // of what wait(2) tells

/**
 * How a launched child has ended: the code, or 128 and the signal, as a shell tells it. For one that is known to have
 * ended: macOS tells of the end an instant before there is a status, which is waited for. Undefined if it is collected.
 * It stays a zombie, so that its pid and its process group's number are its own, until `collect`.
 */
export function endingOf(pid: number): number | undefined {
  const info = new Int32Array(SIGINFO.size / 4);
  const { waitid } = children();
  if (restarted(() => waitid(P_PID, pid, info, WEXITED | WNOWAIT)) === -1) return undefined;
  const { si_code, si_status } = SIGINFO.at;
  const status = info[si_status / 4] ?? 0;
  // In macOS the bits above a code are those that exit(3) was given (kern_exit.c, waitid).
  if (info[si_code / 4] === CLD_EXITED) return status & CODE;
  // And its older kernels do not tell there which signal it was.
  return 128 + ((darwin?.statusOfZombie(pid) ?? status) & SIGNAL);
}

/** Ends the zombie that a launched child has become. */
export function collect(pid: number): void {
  restarted(() => processes().waitpid(pid, null, WNOHANG));
}

/** A `char *[]` with its NULL at the end. The strings must live as long as the pointers to them. */
function stringArray(
  texts: readonly string[],
): { pointers: BigUint64Array; strings: Uint8Array[] } {
  const strings = texts.map(cstring);
  const addresses = strings.map((string) => native.addressOf(string));
  return { pointers: new BigUint64Array([...addresses, 0n]), strings };
}
