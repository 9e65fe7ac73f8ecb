import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { openCounter } from "../../../src/counter/mod.ts";
import { test, uniqueName } from "../../harness/mod.ts";
import type { Open } from "../ref_counter.ts";

const LONGEST = 255;

function bytes(text: string): number {
  return new TextEncoder().encode(text).length;
}

const names = fc.string({ unit: "binary", minLength: 1, maxLength: LONGEST })
  .filter((name) => bytes(name) <= LONGEST && !name.includes("\0"));
const shortNames = names.filter((name) => bytes(name) < 200);

/** What a counter may be called. */
export function nameTests(open: Open): void {
  test("every text of 1 to 255 bytes without NUL is a name, and kept as it is", () => {
    fc.assert(fc.property(names, (name) => {
      using counter = open(name);
      assertEquals(counter.name, name);
    }));
  });

  test("different names are different counters", () => {
    fc.assert(
      fc.property(fc.uniqueArray(shortNames, { minLength: 2, maxLength: 8 }), (different) => {
        const prefix = crypto.randomUUID();
        const counters = different.map((name) => open(prefix + name));
        const counts = counters.map((counter) => counter.acquire());
        counters.forEach((counter) => counter.close());
        assertEquals(counts, different.map(() => 1));
      }),
      { numRuns: 50 },
    );
  });

  test("names that differ in case, normal form or a space at the end are different", () => {
    const base = uniqueName("form");
    const counters = ["\u00e9", "e\u0301", "E\u0301", "e\u0301 "].map((end) => open(base + end));
    assertEquals(counters.map((counter) => counter.acquire()), [1, 1, 1, 1]);
    counters.forEach((counter) => counter.close());
  });

  test("a name of 255 bytes counts, and one that differs in its last byte is another", () => {
    const start = crypto.randomUUID().padEnd(LONGEST - 1, "x");
    using one = open(`${start}1`);
    using other = open(`${start}2`);
    assertEquals([one.acquire(), other.acquire()], [1, 1]);
  });

  for (const [what, name] of Object.entries({ empty: "", long: "x".repeat(256) })) {
    test(`a name that is too ${what} is a RangeError`, () => {
      assertThrows(() => open(name), RangeError, `not ${name.length}`);
    });
  }

  test("a name's length is counted in bytes, not in characters", () => {
    open("\u00e9".repeat(127)).close();
    assertThrows(() => open("\u00e9".repeat(128)), RangeError, "256");
  });

  test("a name with a NUL anywhere is a TypeError", () => {
    fc.assert(fc.property(names, names, (before, after) => {
      assertThrows(() => open(`${before}\0${after}`), TypeError, "NUL");
    }));
  });

  test("a name with half a surrogate pair is a TypeError", () => {
    for (const half of ["\ud800", "a\udfff", "\udc00\ud800"]) {
      assertThrows(() => open(half), TypeError, "Unicode");
    }
  });

  test("a name that is no string is a TypeError", () => {
    for (const json of ["null", "7", '["a"]', "{}"]) {
      assertThrows(() => open(JSON.parse(json)), TypeError, "string");
    }
  });

  test("a backend that does not exist is a TypeError", () => {
    assertThrows(
      () => openCounter("name", JSON.parse('{"backend": "abacus"}')),
      TypeError,
      "abacus",
    );
  });
}
