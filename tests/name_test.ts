import { assertEquals } from "@std/assert";
import { fingerprint } from "../src/name.ts";
import { test } from "./harness/mod.ts";

test("a fingerprint is FNV-1a of 64 bits, as published", () => {
  // From the test vectors of draft-eastlake-fnv.
  const published = {
    "": "cbf29ce484222325",
    a: "af63dc4c8601ec8c",
    foobar: "85944171f73967e8",
  };
  for (const [text, hash] of Object.entries(published)) assertEquals(fingerprint(text), hash);
  const long = "/a/päth/".repeat(40);
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(long)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  assertEquals(fingerprint(long), hash.toString(16).padStart(16, "0"));
});
