// A C program out of a system's tables. Numbers, sizes and offsets become `_Static_assert`s against the system's own
// headers; each function is called with the types of its prototype, so that a compiler compares it with the header's,
// and is referred to by its bare symbol, as dlsym(3) will look for it, so that a linker must find it.

import type { Constants, Layout } from "../../ffi/numbers/types.ts";
import type { CType, Prototype, SymbolTable } from "../../ffi/types.ts";

/** What is compared with the headers of one target. */
export interface Contract {
  /** What stands before everything: `#define` and `#include` lines, declarations that no header has. */
  readonly preamble: string;
  readonly constants: readonly Constants[];
  readonly layouts: readonly Layout[];
  readonly tables: readonly SymbolTable[];
  /** Put before a symbol's name by the object format: Mach-O has an underscore. */
  readonly symbolPrefix: string;
  /** Where it matters to a caller that a function is variadic: the functions of which it can't be asked. */
  readonly variadicUnless: readonly string[] | undefined;
  /** Functions that no header declares: they are looked for, and no more. */
  readonly undeclared: readonly string[];
  /** True where a prototype deliberately takes a pointer for a number as wide, or the other way round. */
  readonly handles: boolean;
  /** True if `intelSuffix` counts. */
  readonly intelSuffixes: boolean;
}

/** Parameters of the function that never runs: a value that no compiler can know, of each type. */
const VALUES: Readonly<Record<CType, string>> = {
  handle: "0",
  u16: "u",
  i32: "i",
  u32: "u",
  i64: "(int64_t)l",
  u64: "l",
  buffer: "p",
  address: "p",
};

/** Bytes of a result that is a number. */
const WIDTHS = { u16: 2, i32: 4, u32: 4, i64: 8 } as const;

function quoted(text: string): string {
  return JSON.stringify(text);
}

function assertion(claim: string, text: string): string {
  return `_Static_assert(${claim}, ${quoted(text)});`;
}

function constant([name, value]: [string, number]): string {
  if (value > 0xffffffff) return assertion(`(${name}) == ${value}`, `${name} is ${value}`);
  // 32 bits are what we pass on: a header may write the same bits with or without a sign.
  return assertion(`(unsigned int)(${name}) == ${value >>> 0}u`, `${name} is ${value}`);
}

function layout({ name, size, room, at }: Layout): string[] {
  return [
    ...(size === undefined
      ? []
      : [assertion(`sizeof(${name}) == ${size}`, `${name} has ${size} bytes`)]),
    ...(room === undefined
      ? []
      : [assertion(`sizeof(${name}) <= ${room}`, `${name} fits into ${room} bytes`)]),
    ...Object.entries(at).map(([member, offset]) =>
      assertion(`offsetof(${name}, ${member}) == ${offset}`, `${member} of ${name} is at ${offset}`)
    ),
  ];
}

function prototype(
  [name, { args, returns, variadic }]: [string, Prototype],
  { variadicUnless, undeclared, handles }: Contract,
): string[] {
  if (undeclared.includes(name)) return [];
  const call = `(${name})(${args.map((type) => VALUES[type]).join(", ")})`;
  const result = returns === "void"
    ? assertion(`IS_VOID(${call})`, `${name} returns nothing`)
    : returns === "address"
    ? assertion(`IS_POINTER(${call})`, `${name} returns a pointer`)
    // Narrower than long where we need not more; never wider than what is there.
    : assertion(
      `IS_INTEGER(${call}) && sizeof(${call}) >= ${WIDTHS[returns]}`,
      `${name} returns a number`,
    );
  const dots = assertion(
    `IS_VARIADIC(${name}, ${call}) == ${variadic === undefined ? 0 : 1}`,
    `${name} is ${variadic === undefined ? "not " : ""}variadic`,
  );
  const asked = variadicUnless?.includes(name) === false;
  return [...(handles ? [] : [result]), `  (void)${call};`, ...(asked ? [dots] : [])];
}

function symbol(
  [name, { intelSuffix = "" }]: [string, Prototype],
  index: number,
  { symbolPrefix, intelSuffixes }: Contract,
): string {
  const full = symbolPrefix + name + (intelSuffixes ? intelSuffix : "");
  return `extern char symbol_${index}[] __asm__(${quoted(full)});`;
}

/** The program; when it runs, it looks up every symbol as the runtimes do, and returns how many are missing. */
export function generate(contract: Contract): string {
  const functions = contract.tables.flatMap((table) => Object.entries(table));
  const names = [...new Map(functions)];
  return [
    contract.preamble,
    "#include <stddef.h>",
    "#include <stdint.h>",
    "#include <stdio.h>",
    "#define IS_INTEGER(x) (__builtin_classify_type(x) == 1)",
    "#define IS_POINTER(x) (__builtin_classify_type(x) == 5)",
    "#define IS_VOID(x) __builtin_types_compatible_p(__typeof__(x), void)",
    // To C17, a function with dots is compatible with no function that is declared without parameters.
    "#define IS_VARIADIC(f, call) (!__builtin_types_compatible_p(__typeof__(f), __typeof__(call)()))",
    ...contract.constants.flatMap((constants) => Object.entries(constants).map(constant)),
    ...contract.layouts.flatMap(layout),
    "void never_called(int32_t i, uint32_t u, uint64_t l, void *p);",
    "void never_called(int32_t i, uint32_t u, uint64_t l, void *p) {",
    ...functions.flatMap((one) => prototype(one, contract)),
    "  (void)i; (void)u; (void)l; (void)p;",
    "}",
    ...names.map((one, index) => symbol(one, index, contract)),
    `static char *const symbols[] = {${names.map((_, index) => `symbol_${index}`).join(", ")}};`,
    `static const char *const names[] = {${names.map(([name]) => quoted(name)).join(", ")}};`,
    "int main(void) {",
    "  int missing = 0;",
    "  for (size_t n = 0; n < sizeof symbols / sizeof *symbols; n++)",
    '    if (symbols[n] == NULL) { missing++; printf("missing: %s\\n", names[n]); }',
    "  return missing;",
    "}",
    "",
  ].join("\n");
}
