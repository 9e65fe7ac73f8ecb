// The published schema and the reader must say the same of every file: they are held against each other, and against
// an independent validator of JSON Schema.

import { assert, assertEquals, assertThrows } from "@std/assert";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { readFileSync } from "node:fs";
import { parseJsonc, positionOf, valueOf } from "../../src/service/file/jsonc.ts";
import { SCHEMA } from "../../src/service/file/schema.ts";
import { problemsOf } from "../../src/service/file/validate.ts";
import { VERSION } from "../../src/cli/version.ts";
import { test } from "../harness/mod.ts";

const file = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

const published = JSON.parse(file("procref.schema.json"));
const ajv = new Ajv2020({ strict: false, formats: { regex: isRegularExpression } });
const validate = ajv.compile(published);

function isRegularExpression(text: string): boolean {
  try {
    new RegExp(text, "u");
    return true;
  } catch {
    return false;
  }
}

const problems = (value: unknown) => problemsOf(parseJsonc(JSON.stringify(value)), SCHEMA);
const service = (entry: unknown) => ({ services: { pg: entry } });

const GOOD: readonly unknown[] = [
  { services: {} },
  { $schema: "./procref.schema.json", services: { "a.b/c@d-e_0": { command: "x" } } },
  { $schema: published.$id, services: {} },
  service({
    command: ["a", "", "{port}"],
    port: 5432,
    ready: { pattern: "^up$", port: true, http: "http://127.0.0.1:{port}/", timeout: "1.5m" },
    stop: { signal: "SIGINT", timeout: 0 },
    linger: "10s",
    env: { "any name": "" },
    provides: { URL: "{port}" },
    cwd: ".",
    log: "log",
    directory: "/x",
    scope: "user",
  }),
  service({ command: "a", ready: { port: false } }),
  service({ command: "a", linger: 0.5 }),
];

/** Each with the key that is to blame. */
const BAD: readonly (readonly [string, unknown])[] = [
  ["", null],
  ["", []],
  ["services", {}],
  ["services", { services: [] }],
  ["extra", { services: {}, extra: 1 }],
  ["services.-x", { services: { "-x": { command: "a" } } }],
  ["services.a b", { services: { "a b": { command: "a" } } }],
  ["services.pg", service("x")],
  ["services.pg.command", service({})],
  ["services.pg.command", service({ command: "" })],
  ["services.pg.command", service({ command: [] })],
  ["services.pg.command", service({ command: ["", "x"] })],
  ["services.pg.command", service({ command: ["x", 1] })],
  ["services.pg.command", service({ command: "a\0" })],
  ["services.pg.port", service({ command: "a", port: 0 })],
  ["services.pg.port", service({ command: "a", port: 65536 })],
  ["services.pg.port", service({ command: "a", port: 1.5 })],
  ["services.pg.port", service({ command: "a", port: "5432" })],
  ["services.pg.port", service({ command: "a", port: [] })],
  ["services.pg.port", service({ command: "a", port: {} })],
  ["services.pg.port", service({ command: "a", ready: { port: true } })],
  ["services.pg.ready.pattern", service({ command: "a", ready: { pattern: "(" } })],
  ["services.pg.ready.pattern", service({ command: "a", ready: { line: "a", pattern: "b" } })],
  ["services.pg.ready.http", service({ command: "a", ready: { http: "ftp://x" } })],
  ["services.pg.ready.line", service({ command: "a", ready: { line: "" } })],
  ["services.pg.ready.later", service({ command: "a", ready: { later: 1 } })],
  ["services.pg.ready.timeout", service({ command: "a", ready: { timeout: "soon" } })],
  ["services.pg.stop.signal", service({ command: "a", stop: { signal: "TERM" } })],
  ["services.pg.linger", service({ command: "a", linger: -1 })],
  ["services.pg.linger", service({ command: "a", linger: "1 s" })],
  ["services.pg.env.A=B", service({ command: "a", env: { "A=B": "" } })],
  ["services.pg.env.A", service({ command: "a", env: { A: 1 } })],
  ["services.pg.scope", service({ command: "a", scope: "host" })],
  ["services.pg.toString", service({ command: "a", toString: 1 })],
];

test("the reader takes what the published schema takes", () => {
  for (const value of GOOD) {
    assertEquals(problems(value), []);
    assert(validate(value), JSON.stringify([value, validate.errors]));
  }
});

test("the reader refuses what the published schema refuses, and names the key", () => {
  for (const [path, value] of BAD) {
    assertEquals([...new Set(problems(value).map((problem) => problem.path))], [path]);
    assertEquals([validate(value), JSON.stringify(value)], [false, JSON.stringify(value)]);
  }
});

test("the reader and the schema agree on whatever is put in any place", () => {
  const odd = fc.oneof(
    fc.constantFrom<unknown>(
      "",
      "free",
      "1s",
      "SIGTERM",
      "user",
      [],
      [""],
      {},
      0,
      1,
      -1,
      70000,
      1.5,
      true,
      null,
    ),
    fc.jsonValue(),
  );
  const keys = ["command", "port", "ready", "stop", "linger", "env", "cwd", "scope", "other"];
  const inner = ["line", "pattern", "port", "http", "timeout", "signal", "A=B"];
  const object = fc.dictionary(fc.constantFrom(...inner), odd);
  const entry = fc.dictionary(fc.constantFrom(...keys), fc.oneof(odd, object));
  const whole = fc.oneof(entry.map(service), odd, odd.map((services) => ({ services })));
  fc.assert(
    fc.property(whole, (value) => {
      // As JSON: -0 and undefined are none of it.
      const plain = JSON.parse(JSON.stringify(value));
      assertEquals([problems(plain).length === 0, plain], [validate(plain), plain]);
    }),
    { numRuns: 2000 },
  );
});

test("JSON reads as JSON.parse reads it, with comments and trailing commas besides", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(0, 2), (value, indent) => {
      const text = JSON.stringify(value, undefined, indent);
      assertEquals(JSON.stringify(valueOf(parseJsonc(text))), JSON.stringify(JSON.parse(text)));
    }),
    { numRuns: 500 },
  );
  const text = '\ufeff// a\n{ "a": [1, 2,], /* b */ "b": "// no comment", }\n// end';
  assertEquals(valueOf(parseJsonc(text)), { a: [1, 2], b: "// no comment" });
});

test("what is no JSON is told by line and column", () => {
  for (
    const [text, place] of [
      ["", "1:1"],
      ["{", "1:2"],
      ['{\n  "a": 1\n  "b": 2\n}', "3:3"],
      ['{ "a": 1, "a": 2 }', "1:11"],
      ["{ a: 1 }", "1:3"],
      ["{} {}", "1:4"],
      ['{ "a": tru }', "1:8"],
      ['{ "a": "x\ny" }', "1:8"],
      ['{ "a": 01 }', "1:9"],
      ["/* x", "1:1"],
      ["[".repeat(1000), "1:101"],
      ["[1,,2]", "1:4"],
    ] as const
  ) {
    const error = assertThrows(() => parseJsonc(text));
    const offset = "offset" in error && typeof error.offset === "number" ? error.offset : -1;
    const { line, column } = positionOf(text, offset);
    assertEquals([text, `${line}:${column}`], [text, place]);
  }
});

test("the published files are those of this version", () => {
  const { $id, ...rest } = published;
  assertEquals(rest, JSON.parse(JSON.stringify(SCHEMA)));
  assertEquals($id, `https://jsr.io/@procref/procref/${VERSION}/procref.schema.json`);
  assertEquals(JSON.parse(file("deno.json")).version, VERSION);
});
