import { assertEquals } from "@std/assert";
import { commandLine, splitCommandLine } from "../../src/child/windows/command_line.ts";
import { test } from "../harness/mod.ts";

test("a command line of Windows is split into the words that it was made of", () => {
  const words = [
    "",
    "a b",
    'say "hi"',
    "\\",
    "a\\",
    "a b\\",
    '\\"',
    '\\\\" x',
    "C:\\dir\\ x",
    "&|^",
    '"',
  ];
  const program = "C:\\Program Files\\x.exe";
  assertEquals(splitCommandLine(commandLine([program, ...words])), [program, ...words]);
});

test("a command line of Windows is split as its C runtime does it", () => {
  // Microsoft, "Parsing C Command-Line Arguments": results of that page.
  const cases: Record<string, string[]> = {
    '"a b c" d e': ["a b c", "d", "e"],
    '"ab\\"c" "\\\\" d': ['ab"c', "\\", "d"],
    'a\\\\\\b d"e f"g h': ["a\\\\\\b", "de fg", "h"],
    'a\\\\\\"b c d': ['a\\"b', "c", "d"],
    'a\\\\\\\\"b c" d e': ["a\\\\b c", "d", "e"],
    'a"b"" c d': ['ab" c d'],
    '""" x" y': ['" x', "y"],
    "  a\t b  ": ["a", "b"],
    '"" b': ["", "b"],
  };
  for (const [line, expected] of Object.entries(cases)) {
    assertEquals(splitCommandLine(`x.exe ${line}`), ["x.exe", ...expected], line);
  }
  assertEquals(splitCommandLine('"C:\\a b\\x.exe" y'), ["C:\\a b\\x.exe", "y"]);
  assertEquals(splitCommandLine('C:\\"a b"\\x.exe'), ["C:\\a b\\x.exe"]);
});
