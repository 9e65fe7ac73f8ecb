import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { writeFileSync } from "node:fs";
import { ERRNO } from "../../ffi/errno.ts";
import { PermissionError, ProcrefError, SystemError } from "../../ffi/errors.ts";
import { startFailureCode } from "../../src/cli/exit_codes.ts";
import { OWN, temporaryDirectory, test, uniqueName } from "../harness/mod.ts";
import { run, SLEEP } from "./cli.ts";

const WRAPPERS: readonly (readonly [string, () => string[]])[] = [
  ["with", () => ["with", uniqueName("cli"), "--start", SLEEP]],
  ["run", () => ["run"]],
];

test("a start that fails for want of processes or descriptors is procref's own failure", () => {
  for (const name of ["EAGAIN", "ENOMEM", "EMFILE", "ENFILE"] as const) {
    assertEquals(startFailureCode(new SystemError("spawn", ERRNO[name])), 125);
  }
  assertEquals(startFailureCode(new SystemError("spawn", ERRNO.ENOEXEC)), 126);
  assertEquals(startFailureCode(new PermissionError("not executable")), 126);
  assertEquals(startFailureCode(new ProcrefError("not_found", "not there")), 127);
});

for (const runtime of OWN) {
  for (const [verb, words] of WRAPPERS) {
    const ends = async (...command: string[]) => await run(runtime, [...words(), "--", ...command]);

    test(`${runtime}: procref ${verb} exits with its command's code`, async () => {
      assertEquals(await ends("sh", "-c", "echo out; echo err >&2; exit 42"), {
        code: 42,
        out: "out\n",
        err: "err\n",
      });
      assertEquals((await ends("true")).code, 0);
    });

    test(`${runtime}: procref ${verb} exits with 128 + n when signal n ends the command`, async () => {
      assertEquals((await ends("sh", "-c", "kill -KILL $$")).code, 137);
      assertEquals((await ends("sh", "-c", "kill -TERM $$")).code, 143);
    });

    test(`${runtime}: procref ${verb} exits with 127 where there is no such command`, async () => {
      const { code, out, err } = await ends("procref-no-such-command");
      assertEquals([code, out], [127, ""]);
      assertStringIncludes(err, '"procref-no-such-command"');
    });

    test(`${runtime}: procref ${verb} exits with 126 where the command is not executable`, async () => {
      using directory = temporaryDirectory();
      const file = `${directory.path}/file`;
      writeFileSync(file, "text");
      const { code, err } = await ends(file);
      assertEquals(code, 126);
      assertStringIncludes(err, "not executable");
    });
  }

  test(`${runtime}: procref exits with 125 when it fails itself, and with 2 for a bad look`, async () => {
    const name = uniqueName("cli");
    const absent = await run(runtime, ["with", name, "--", "true"]);
    assertEquals(absent.code, 125);
    assertStringIncludes(absent.err, "--start is not given");
    for (
      const [words, code] of [
        [["with", name, "--start", "exit 3", "--port", "free", "--", "true"], 125],
        [["with", name, "--bogus", "--", "true"], 125],
        [["with", name, "--port", "free", "--", "true"], 125],
        [["with", name, "--start", SLEEP], 125],
        [["run", "--timeout", "soon", "--", "true"], 125],
        [["run", "--timeout=", "--", "true"], 125],
        [["run", "--json=1", "--", "true"], 125],
        [["lock", "--", "true"], 125],
        [["lock", "a", "b", "--", "true"], 125],
        [["list", "surplus"], 2],
        [["stop"], 2],
        [["completions", "powershell"], 2],
        [["nonsense"], 2],
        [[], 2],
      ] as const
    ) {
      const outcome = await run(runtime, words);
      assertEquals([words, outcome.code, outcome.out], [words, code, ""]);
      assertMatch(outcome.err, /^procref: /);
    }
  });

  test(`${runtime}: errors are JSON where JSON is asked for`, async () => {
    const { code, err } = await run(runtime, ["with", uniqueName("cli"), "--json", "--", "true"]);
    assertEquals(code, 125);
    assertEquals(JSON.parse(err).error.code, "not_found");
  });

  test(`${runtime}: procref run ends a command in time, with 124`, async () => {
    const { code, err } = await run(runtime, ["run", "--timeout", "0.3s", "--", "sleep", "1000"]);
    assertEquals(code, 124);
    assertStringIncludes(err, "timed out");
  });

  test(`${runtime}: procref run refuses a limit that nothing enforces, and runs nothing`, async () => {
    const { code, out, err } = await run(runtime, [
      "run",
      "--mechanism=process_group",
      "--memory=64M",
      "--",
      "echo",
      "ran",
    ]);
    assertEquals([code, out], [125, ""]);
    assertStringIncludes(err, "no limits");
  });
}
