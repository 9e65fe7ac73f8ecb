import { assertEquals, assertStringIncludes } from "@std/assert";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { generate } from "../../.ci/abi/generate.ts";
import { withNumbers } from "../../.ci/numbers.ts";
import { DARWIN, DARWIN_ERRNO } from "../../ffi/numbers/darwin.ts";
import { LINUX, LINUX_ERRNO, LINUX_ON } from "../../ffi/numbers/linux.ts";
import { MACH } from "../../ffi/numbers/mach.ts";
import { test } from "../harness/mod.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** The code that ships, but for the tables themselves and what is made from it. */
function* sources(): Generator<string> {
  for (const folder of ["ffi", "src"]) {
    for (const name of readdirSync(`${ROOT}${folder}`, { recursive: true, encoding: "utf8" })) {
      const path = `${folder}/${name}`;
      if (path.endsWith(".ts") && !/^ffi\/numbers\/|\/bundle\.ts$/.test(path)) yield path;
    }
  }
}

const CONTRACT = {
  preamble: "#include <sys/sem.h>",
  constants: [{ IPC_CREAT: 512, EVFILT_READ: -1 }],
  layouts: [{ name: "struct sembuf", size: 6, room: 8, at: { sem_op: 2 } }],
  tables: [{
    semctl: { args: ["i32", "i32", "i32", "buffer"], returns: "i32", variadic: 3 },
    fstat: { args: ["i32", "buffer"], returns: "i32", intelSuffix: "$INODE64" },
  }],
  symbolPrefix: "_",
  variadicUnless: [],
  undeclared: [],
  handles: false,
  intelSuffixes: true,
} as const;

test("no number of a table is written down a second time", () => {
  const names = [
    LINUX,
    LINUX_ON["x86-64"],
    LINUX_ERRNO,
    DARWIN,
    DARWIN_ERRNO,
    MACH,
  ].flatMap(Object.keys);
  const again = [...sources()].flatMap((path) => {
    const text = readFileSync(`${ROOT}${path}`, "utf8");
    return names.filter((name) => new RegExp(`const ${name} = [-0-9]`).test(text))
      .map((name) => `${name} in ${path}`);
  });
  assertEquals(again, []);
});

test("a C program claims each constant, size, offset and prototype, and refers to each symbol", () => {
  const program = generate(CONTRACT);
  for (
    const claim of [
      "#include <sys/sem.h>",
      "(unsigned int)(IPC_CREAT) == 512u",
      "(unsigned int)(EVFILT_READ) == 4294967295u",
      "sizeof(struct sembuf) == 6",
      "sizeof(struct sembuf) <= 8",
      "offsetof(struct sembuf, sem_op) == 2",
      "(semctl)(i, i, i, p)",
      "IS_VARIADIC(semctl, (semctl)(i, i, i, p)) == 1",
      "IS_VARIADIC(fstat, (fstat)(i, p)) == 0",
      '__asm__("_semctl")',
      '__asm__("_fstat$INODE64")',
    ]
  ) assertStringIncludes(program, claim);
});

test("the bundle for Linux has numbers in the place of their names, and only there", () => {
  const code = `const { POLLIN, O_CLOEXEC } = POSIX;
const { st_mode } = STAT.at, { d_name } = DIRENT.at;
const { d_reclen } = DIRENT.at;
f(ERRNO.EINTR, LINUX.AT_FDCWD, SEMBUF.size, SEMID_DS.at["sem_perm.mode"], ERRNO[name], OTHER.LINUX.SIGKILL);`;
  assertEquals(
    withNumbers(code),
    `const POLLIN = 1, O_CLOEXEC = 524288;
const { st_mode } = STAT.at, { d_name } = DIRENT.at;
const d_reclen = 16;
f(4, -100, 6, 20, ERRNO[name], OTHER.LINUX.SIGKILL);`,
  );
  for (const path of sources()) {
    const left = withNumbers(readFileSync(ROOT + path, "utf8")).match(/\b(POSIX|ERRNO|LINUX)\.\w+/);
    assertEquals(left, null, path);
  }
});
