// posix_spawn(3): a child in its own session with exactly the descriptors it is given. The runtimes neither
// know nor reap such a child; its launcher does, by `reap`.

import { POSIX, SIGSET, SPAWN_ACTIONS, SPAWN_ATTRIBUTES } from "../../ffi/numbers/mod.ts";
import { cstring, processes, restarted, spawning } from "../../ffi/libc.ts";
import { native } from "../../ffi/mod.ts";
import { SystemError } from "../../ffi/errors.ts";
import { inheritable } from "../file/descriptors.ts";

/** What to launch. */
export interface Launch {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly directory: string;
  /** The descriptor that becomes 0; 1 and 2 become /dev/null. */
  readonly stdin: number;
}

const { O_WRONLY, POSIX_SPAWN_SETSID, POSIX_SPAWN_SETSIGDEF, POSIX_SPAWN_SETSIGMASK } = POSIX;

const launched = new Set<number>();

/** Starts the program and returns its pid. @throws {SystemError} */
export function launch({ command, environment, directory, stdin }: Launch): number {
  const libc = spawning();
  const [program = ""] = command;
  const actions = new Uint8Array(SPAWN_ACTIONS.room);
  const attributes = new Uint8Array(SPAWN_ATTRIBUTES.room);
  const pid = new Int32Array(1);
  const everySignal = new Uint8Array(SIGSET.room).fill(0xff);
  const noSignal = new Uint8Array(SIGSET.room);
  const nowhere = cstring("/dev/null");
  libc.posix_spawn_file_actions_init(actions);
  libc.posix_spawnattr_init(attributes);
  try {
    libc.posix_spawn_file_actions_adddup2(actions, stdin, 0);
    libc.posix_spawn_file_actions_addopen(actions, 1, nowhere, O_WRONLY, 0);
    libc.posix_spawn_file_actions_addopen(actions, 2, nowhere, O_WRONLY, 0);
    libc.posix_spawn_file_actions_addchdir_np(actions, cstring(directory));
    for (const descriptor of inheritable()) {
      libc.posix_spawn_file_actions_addclose(actions, descriptor);
    }
    // The runtimes ignore SIGPIPE and may block others; a child would inherit that.
    libc.posix_spawnattr_setsigdefault(attributes, everySignal);
    libc.posix_spawnattr_setsigmask(attributes, noSignal);
    libc.posix_spawnattr_setflags(
      attributes,
      POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSID,
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
  }
  const [child = 0] = pid;
  launched.add(child);
  return child;
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
    if (restarted(() => processes().waitpid(pid, null, POSIX.WNOHANG)) !== 0) launched.delete(pid);
  }
}
