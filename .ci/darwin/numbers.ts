// The tables of `ffi/` as a C header, and from one system's numbers to the other's.

import * as darwin from "../../ffi/numbers/darwin.ts";
import { LINUX_ERRNO } from "../../ffi/numbers/linux.ts";
import type { Layout } from "../../ffi/numbers/types.ts";
import { signalNumbers } from "../../src/process/signals.ts";

function isLayout(value: object): value is Layout {
  return "name" in value && "at" in value;
}

function constants(): string[] {
  const all = { ...darwin.DARWIN, ...darwin.DARWIN_ERRNO };
  // <fcntl.h>, of which only a test has need.
  const more = { O_NOCTTY: 0x20000 };
  return Object.entries({ ...all, ...more }).map(([name, value]) => `#define D_${name} ${value}`);
}

function layouts(): string[] {
  return Object.entries(darwin).flatMap(([name, layout]) => {
    if (!isLayout(layout)) return [];
    const { size, room, at } = layout as Layout;
    return [
      `#define ${name}_SIZE ${size ?? room}`,
      ...Object.entries(at).map(([member, offset]) =>
        `#define ${name}__${member.replaceAll(/\W/g, "_")} ${offset}`
      ),
    ];
  });
}

/** A function from the numbers of one table to those of another, by their names. */
function translation(
  name: string,
  from: Readonly<Record<string, number>>,
  to: Readonly<Record<string, number>>,
  otherwise: string,
): string[] {
  const cases = Object.entries(from).filter(([each]) => Object.hasOwn(to, each))
    .map(([each, number]) => `    case ${number}: return ${to[each]};`);
  return [
    `static inline int ${name}(int number) {`,
    "  switch (number) {",
    ...cases,
    "  }",
    `  return ${otherwise};`,
    "}",
  ];
}

/** The header. */
export function numbers(): string {
  const [linuxSignals, darwinSignals] = [signalNumbers("linux"), signalNumbers("darwin")];
  const none = "number == 0 ? 0 : -1";
  return [
    ...constants(),
    ...layouts(),
    ...translation("darwin_errno_of", LINUX_ERRNO, darwin.DARWIN_ERRNO, "1000 + number"),
    ...translation("linux_signal_of", darwinSignals, linuxSignals, none),
    ...translation("darwin_signal_of", linuxSignals, darwinSignals, none),
    "",
  ].join("\n");
}
