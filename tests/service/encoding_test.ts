// Records as text: what goes in comes out, and nothing else is believed.

import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { decodeRecord, encodeRecord, type ServiceRecord } from "../../src/service/record/record.ts";
import { test } from "../harness/mod.ts";

const pid = fc.integer({ min: 1, max: 2 ** 31 - 1 });
const duration = fc.oneof(fc.nat(), fc.constant(Infinity), fc.double({ min: 0, noNaN: true }));
const text = fc.string({ unit: "binary" });
const options = { requiredKeys: ["pid"] } as { requiredKeys: ["pid"] };

const info = fc.record({
  pid,
  port: fc.integer({ min: 1, max: 65535 }),
  metadata: fc.dictionary(text, text, { noNullPrototype: true }),
}, options);

const record: fc.Arbitrary<ServiceRecord> = fc.record({
  name: text,
  state: fc.constantFrom("none", "starting", "running", "recovering", "stopping"),
  token: fc.uuid(),
  previous: fc.oneof(fc.uuid(), fc.constant("")),
  exclusive: fc.boolean(),
  job: fc.option(fc.string(), { nil: undefined }),
  guardian: fc.option(
    fc.record({
      pid,
      startTime: fc.nat().map(String),
      inode: fc.bigInt({ min: 1n }).map(String),
      fifo: text,
    }, { requiredKeys: ["pid", "startTime", "inode"] }),
    { nil: undefined },
  ),
  info: fc.option(info, { nil: undefined }),
  startTime: fc.nat().map(String),
  generation: fc.nat(),
  startedAt: fc.nat({ max: 8.64e15 }),
  stop: fc.record({ signal: fc.constantFrom("SIGTERM", "SIGINT", "SIGKILL"), timeout: duration }),
  linger: duration,
  module: fc.option(fc.webUrl(), { nil: undefined }),
  idle: fc.boolean(),
  host: text,
});

test("a record comes out of its text as it went in", () => {
  fc.assert(fc.property(record, (original) => {
    assertEquals(decodeRecord(encodeRecord(original)), original);
  }));
});

test("any text is refused with an Error that has a message", () => {
  const anything = fc.oneof(text, fc.json(), fc.jsonValue().map((value) => JSON.stringify(value)));
  fc.assert(fc.property(anything, (garbage) => {
    const error = assertThrows(() => decodeRecord(garbage));
    assert(error instanceof Error && error.message !== "");
  }));
});

test("a record that is cut anywhere is refused", () => {
  fc.assert(fc.property(record, fc.double({ min: 0, max: 0.99, noNaN: true }), (whole, part) => {
    const text = encodeRecord(whole).trimEnd();
    assertThrows(() => decodeRecord(text.slice(0, Math.floor(text.length * part))), Error);
  }));
});

test("a record that lacks a field it needs is refused", () => {
  const optional = ["guardian", "job", "info", "module", "exclusive", "idle"];
  fc.assert(
    fc.property(record, (whole) => {
      const fields = JSON.parse(encodeRecord(whole));
      for (const field of Object.keys(fields).filter((field) => !optional.includes(field))) {
        const { [field]: _, ...rest } = fields;
        const error = assertThrows(() => decodeRecord(JSON.stringify(rest)), Error);
        assert(error.message.includes(field), `${field}: ${error.message}`);
      }
    }),
    { numRuns: 20 },
  );
});

test("a field of another type is refused, or comes out as what it went in", () => {
  const fields = fc.constantFrom(
    ...["name", "state", "token", "previous", "exclusive", "guardian", "info", "startTime"],
    ...["generation", "startedAt", "stop", "linger", "module", "idle", "host"],
  );
  fc.assert(
    fc.property(record, fields, fc.jsonValue(), (whole, field, value) => {
      const mutated = { ...JSON.parse(encodeRecord(whole)), [field]: value };
      let decoded: ServiceRecord;
      try {
        decoded = decodeRecord(JSON.stringify(mutated));
      } catch (error) {
        assert(error instanceof Error && error.message !== "");
        return;
      }
      const { format: _, ...again } = JSON.parse(encodeRecord(decoded));
      const { format: __, ...expected } = mutated;
      const empty = value === null ? { ...expected, [field]: undefined } : expected;
      assertEquals(again, JSON.parse(JSON.stringify(empty)));
    }),
    { numRuns: 300 },
  );
});

test("ports, pids and dates that are none are refused", () => {
  fc.assert(fc.property(record, info, fc.jsonValue(), (whole, info, value) => {
    if (typeof value === "number" && Number.isInteger(value) && value >= 0) return;
    if (value === null) return;
    const fields = JSON.parse(encodeRecord(whole));
    for (const bad of [{ ...info, pid: value }, { ...info, port: value }]) {
      assertThrows(() => decodeRecord(JSON.stringify({ ...fields, info: bad })), Error);
    }
  }));
});
