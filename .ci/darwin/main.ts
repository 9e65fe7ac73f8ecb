// Tests on a macOS that is none: macOS's functions, numbers and structures (libsystem/) in front of Linux's kernel, which
// both runtimes take for the real thing. Processes, signals, pipes and semaphores are real; that the kernel of macOS does
// the same is not shown by this. In a view of /usr/lib that nobody else sees: root needed. `--before-14.4` before names of
// tests: on a macOS without waits on an address.

import { cacheFolder, mustRun } from "../cache.ts";
import { install, program } from "../abi/compiler.ts";
import { DENO, type Step } from "../steps.ts";
import { closing, type Suite, suites as suitesHere, tally } from "../suites.ts";
import { numbers } from "./numbers.ts";
import { COMMAND, OLDER, SERVICES, SUITES } from "./tests.ts";

const HERE = new URL(".", import.meta.url).pathname;
const PRELOAD = new URL("../../tests/harness/mac/preload.ts", import.meta.url).pathname;
// What came last of all that we call are waits on an address.
const BEFORE = "14.3";
const SINCE = "14.4";
type Version = typeof BEFORE | typeof SINCE;

// $1 the library, $2 a ps(1) with macOS's options; then the command. The shell stays, as the first process of all, which
// reaps whatever loses its parent: to look at all processes is then quick, and with it they all end. Signals that somebody
// ignores further up (a shell that runs this with `&`) are those that tests send.
const VIEW = `set -e
mount -t tmpfs tmpfs /dev/shm
mkdir -p /tmp/procref-0
mount -t tmpfs -o mode=700 tmpfs /tmp/procref-0
mkdir -m 700 /tmp/procref-0/procref
view=$(mktemp -d)
mount -t tmpfs tmpfs "$view"
mkdir "$view/upper" "$view/work"
mount -t overlay overlay -o "lowerdir=/usr/lib,upperdir=$view/upper,workdir=$view/work" /usr/lib
umount -l "$view"
rmdir "$view"
cp "$1" /usr/lib/libSystem.B.dylib
cp /usr/bin/ps /usr/lib/ps
mount --bind "$2" /usr/bin/ps
shift 2
env --default-signal "$@"
exit $?`;

/** Compiles the library of a version. */
async function compiled(folder: string, version: Version): Promise<string> {
  const library = `${folder}/libSystem-${version}.so`;
  const sources = [...Deno.readDirSync(`${HERE}libsystem`)].map(({ name }) => name)
    .filter((name) => name.endsWith(".c")).map((name) => `${HERE}libsystem/${name}`);
  const options = [
    "-shared",
    "-fPIC",
    "-O1",
    "-std=gnu17",
    "-fvisibility=hidden",
    "-Wall",
    "-Werror",
    ...(version === BEFORE ? ["-DBEFORE_14_4"] : []),
  ];
  await mustRun([program(), "cc", ...options, `-I${folder}`, "-o", library, ...sources], HERE);
  return library;
}

await install();
const folder = cacheFolder("libsystem");
await Deno.mkdir(folder, { recursive: true });
await Deno.writeTextFile(`${folder}/numbers.h`, numbers());
// Deno has no variable for its options, Bun has.
const script = `${folder}/deno`;
await Deno.writeTextFile(
  script,
  `#!/bin/sh\nverb=$1\nshift\nexec ${DENO} "$verb" --preload=${PRELOAD} "$@"\n`,
);
await Deno.chmod(script, 0o755);

/** Programs of the system show their environment in the tests of services: the token is what is tried there. */
function environment(folders: readonly string[]): Record<string, string> {
  const services = folders.every((one) => one.startsWith("tests/service"));
  return {
    ...(services ? { PROCREF_MAC_SHOWS_ALL: "1" } : {}),
    DENO: script,
    PROCREF_DENO_AS_MAC: script,
    PROCREF_DENO_PRELOAD: PRELOAD,
    PROCREF_AS_MAC: "1",
    BUN_OPTIONS: `--preload=${PRELOAD}`,
  };
}

function inView(library: string, command: Step["command"]): Step["command"] {
  return [
    "unshare",
    ...["--mount", "--ipc", "--pid", "--fork", "--kill-child", "--mount-proc"],
    "sh",
    "-c",
    VIEW,
    "sh",
    library,
    `${HERE}ps.sh`,
    ...command,
  ];
}

/** Tests on a version. */
interface Run {
  readonly version: Version;
  readonly folders: readonly string[];
}

async function suites({ version, folders }: Run): Promise<Suite[]> {
  const env = environment(folders);
  const library = await compiled(folder, version);
  return suitesHere(folders).map(({ title, command }) => ({
    title: `${title} (macOS ${version} on Linux)`,
    env,
    command: (report, only) => {
      const [program, ...args] = command(report, only);
      return inView(library, [program === DENO ? script : program, ...args]);
    },
  }));
}

function runs([first, ...rest]: readonly string[]): Run[] {
  if (first === "--before-14.4") {
    return [{ version: BEFORE, folders: rest.length > 0 ? rest : OLDER }];
  }
  if (first !== undefined) return [{ version: SINCE, folders: [first, ...rest] }];
  return [
    { version: SINCE, folders: [...SUITES, ...COMMAND] },
    { version: SINCE, folders: SERVICES },
    { version: BEFORE, folders: OLDER },
  ];
}

const results = [];
for (const run of runs(Deno.args)) {
  for (const suite of await suites(run)) results.push(await tally(suite, true));
}
console.log(closing(results));
Deno.exit(results.some(({ failed }) => failed > 0) ? 1 : 0);
