// Whether the check would see a mistake: one of each kind is made in the tables, and must be found.

import type { Constants, Layout } from "../../ffi/numbers/types.ts";
import type { Prototype } from "../../ffi/types.ts";
import { compile } from "./compiler.ts";
import { type Contract, generate } from "./generate.ts";
import { darwinContract, linuxContract, windowsContract } from "./targets.ts";

interface Mistake {
  readonly constant?: Constants;
  readonly layout?: Layout;
  readonly prototype?: Readonly<Record<string, Prototype>>;
  /** The words in which it must be found. */
  readonly found: RegExp;
}

interface Trial {
  readonly triple: string;
  readonly contract: Contract;
  readonly mistakes: Readonly<Record<string, Mistake>>;
}

const linux = { triple: "x86_64-linux-gnu.2.31", contract: linuxContract("x86-64", "gnu") };
const darwin = { triple: "aarch64-macos", contract: darwinContract("arm64") };

const windows = { triple: "x86_64-windows-gnu", contract: windowsContract() };

const TRIALS: readonly Trial[] = [
  {
    ...linux,
    mistakes: {
      "a wrong constant": { constant: { O_CREAT: 0x200 }, found: /O_CREAT is 512/ },
      "a wrong size": {
        layout: { name: "struct sembuf", size: 8, at: {} },
        found: /struct sembuf has 8 bytes/,
      },
      "too little room": {
        layout: { name: "posix_spawnattr_t", room: 100, at: {} },
        found: /posix_spawnattr_t fits into 100 bytes/,
      },
      "too few arguments": {
        prototype: { semget: { args: ["i32", "i32"], returns: "i32" } },
        found: /too few arguments/,
      },
      "a number for a pointer": {
        prototype: { unlink: { args: ["i32"], returns: "i32" } },
        found: /incompatible integer to pointer conversion/,
      },
      "a pointer for a number": {
        prototype: { close: { args: ["buffer"], returns: "i32" } },
        found: /incompatible pointer to integer conversion/,
      },
      "a pointer returned as a number": {
        prototype: { realpath: { args: ["buffer", "buffer"], returns: "i32" } },
        found: /realpath returns a number/,
      },
      "a function that no header has": {
        prototype: { kqueue: { args: [], returns: "i32" } },
        found: /undeclared identifier 'kqueue'|undeclared function 'kqueue'/,
      },
    },
  },
  {
    ...darwin,
    mistakes: {
      "another system's constant": { constant: { GETVAL: 12 }, found: /GETVAL is 12/ },
      "a constant that is not there": {
        constant: { O_TMPFILE: 1 },
        found: /undeclared identifier 'O_TMPFILE'/,
      },
      "another system's offset": {
        layout: { name: "struct semid_ds", at: { "sem_perm.uid": 4 } },
        found: /sem_perm\.uid of struct semid_ds is at 4/,
      },
      "64 bits for 32": {
        prototype: { close: { args: ["u64"], returns: "i32" } },
        found: /loses integer precision/,
      },
      "a variadic function that is not marked": {
        prototype: { fcntl: { args: ["i32", "i32", "i32"], returns: "i32" } },
        found: /fcntl is not variadic/,
      },
      "a function marked as variadic that is not": {
        prototype: { getpid: { args: [], returns: "i32", variadic: 0 } },
        found: /getpid is variadic/,
      },
    },
  },
  {
    ...windows,
    mistakes: {
      "a wrong status": {
        constant: { STATUS_OBJECT_NAME_COLLISION: 0xc0000034 },
        found: /STATUS_OBJECT_NAME_COLLISION is 3221225524/,
      },
      "too many arguments": {
        prototype: { GetStdHandle: { args: ["u32", "u32"], returns: "i32" } },
        found: /too many arguments/,
      },
    },
  },
  {
    ...windows,
    contract: { ...windows.contract, undeclared: ["NtVanish"] },
    mistakes: {
      "a function that only the linker is asked for, and is not there": {
        prototype: { NtVanish: { args: [], returns: "i32" } },
        found: /undefined symbol: .*NtVanish/,
      },
    },
  },
  {
    triple: darwin.triple,
    contract: {
      ...darwin.contract,
      preamble: `${darwin.contract.preamble}\nint bootstrap_vanish(mach_port_t);`,
    },
    mistakes: {
      "a function that is declared, and not in the library": {
        prototype: { bootstrap_vanish: { args: ["u32"], returns: "i32" } },
        found: /undefined symbol: .*bootstrap_vanish/,
      },
    },
  },
];

/** Makes all the mistakes; false if one was not found. */
export async function prove(directory: string): Promise<boolean> {
  const unseen: string[] = [];
  for (const { triple, contract, mistakes } of TRIALS) {
    const all = Object.values(mistakes);
    const wrong = {
      ...contract,
      constants: all.map(({ constant = {} }) => constant),
      layouts: all.flatMap(({ layout }) => layout ?? []),
      tables: all.map(({ prototype = {} }) => prototype),
    };
    const complaint = await compile(generate(wrong), triple, `${directory}/mistakes`);
    for (const [title, { found }] of Object.entries(mistakes)) {
      if (!found.test(complaint?.text ?? "")) unseen.push(`${title}\n${complaint?.text ?? ""}`);
    }
  }
  for (const each of unseen) console.error(`FAIL A mistake was not found: ${each}`);
  const made = TRIALS.reduce((sum, { mistakes }) => sum + Object.keys(mistakes).length, 0);
  const verdict = unseen.length === 0 ? "ok  " : "FAIL";
  console.log(`${verdict} of ${made} kinds of mistakes, ${made - unseen.length} are found`);
  return unseen.length === 0;
}
