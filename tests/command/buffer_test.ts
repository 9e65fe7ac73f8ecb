import { assertEquals, assertThrows } from "@std/assert";
import { outputBuffer, Overflow } from "../../src/command/buffer.ts";
import type { BufferOptions } from "@procref/procref/command";
import { test } from "../harness/mod.ts";

const TEXT = new TextEncoder().encode("one\ntwo\n\nfour ä\nlast");

/** What is kept when the text comes in pieces of this size. */
function kept(size: number, options: BufferOptions, bytes = TEXT, encoding = "utf-8") {
  const { maxLines = Infinity, maxBytes = Infinity, overflow = "drop-oldest" } = options;
  const buffer = outputBuffer({ maxLines, maxBytes, overflow }, encoding);
  for (let at = 0; at < bytes.length; at += size) buffer.push(bytes.subarray(at, at + size));
  const text = new TextDecoder(encoding).decode(buffer.bytes());
  return { text, truncated: buffer.truncated };
}

const SIZES = [1, 2, 3, 5, 7, 100];

test("what is kept does not depend on the pieces in which it comes", () => {
  for (const size of SIZES) {
    assertEquals(kept(size, {}), { text: "one\ntwo\n\nfour ä\nlast", truncated: false });
    assertEquals(kept(size, { maxLines: 2 }), { text: "four ä\nlast", truncated: true });
    assertEquals(kept(size, { maxLines: 5 }).truncated, false);
    assertEquals(kept(size, { maxBytes: 5 }), { text: "\nlast", truncated: true });
    assertEquals(kept(size, { maxBytes: TEXT.length }).truncated, false);
    assertEquals(kept(size, { maxBytes: 8, maxLines: 1 }).text, "last");
    const first = (options: BufferOptions) => kept(size, { ...options, overflow: "drop-newest" });
    assertEquals(first({ maxLines: 3 }), { text: "one\ntwo\n\n", truncated: true });
    assertEquals(first({ maxLines: 5 }).truncated, false);
    assertEquals(first({ maxBytes: 6 }), { text: "one\ntw", truncated: true });
    assertEquals(first({ maxBytes: TEXT.length }).truncated, false);
    assertEquals(first({ maxBytes: 5, maxLines: 3 }).text, "one\nt");
  }
});

test("an overflow names the limit", () => {
  for (const size of SIZES) {
    const strict = (options: BufferOptions) => () => kept(size, { ...options, overflow: "error" });
    assertThrows(strict({ maxLines: 4 }), Overflow, "4 lines");
    assertThrows(strict({ maxBytes: 10 }), Overflow, "10 bytes");
    strict({ maxLines: 5, maxBytes: TEXT.length })();
  }
});

test("lines of UTF-16 are counted by characters, not bytes", () => {
  // U+0A0A and U+010A hold the byte of a line's end.
  const text = "a\nbਊ\nĊ";
  const bytes = new Uint8Array([...text].flatMap((character) => {
    const code = character.charCodeAt(0);
    return [code & 255, code >> 8];
  }));
  for (const size of SIZES) {
    assertEquals(kept(size, { maxLines: 2 }, bytes, "utf-16le").text, "bਊ\nĊ");
    assertEquals(kept(size, { maxLines: 3 }, bytes, "utf-16le").truncated, false);
    const first = { maxLines: 1, overflow: "drop-newest" } as const;
    assertEquals(kept(size, first, bytes, "utf-16le").text, "a\n");
  }
});
