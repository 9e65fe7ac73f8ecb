import { assertEquals } from "@std/assert";
import { readFileSync } from "node:fs";
import { Mutex } from "@procref/procref/sync";
import { OWN, RUNTIMES, start, temporaryDirectory, test } from "../harness/mod.ts";

const SCRIPT = new URL("../../docs/from_lock_files/count.ts", import.meta.url);
const HOLDER = new URL("./holder.ts", import.meta.url);
const FLAGS = ["--allow-ffi", "--allow-read", "--allow-write"];
const COPIES = 12;

test("docs/from_lock_files: no copy of count.ts loses another's count", async () => {
  using directory = temporaryDirectory();
  const file = `${directory.path}/count`;
  await using copies = new AsyncDisposableStack();
  const programs = Array.from({ length: COPIES }, (_, index) => {
    const runtime = RUNTIMES[index % RUNTIMES.length] ?? "deno";
    return copies.use(start(runtime, SCRIPT, { flags: FLAGS, args: [file] }));
  });
  const ends = await Promise.all(programs.map(({ ended }) => ended));
  assertEquals(ends, Array(COPIES).fill(0));
  assertEquals(Number(readFileSync(file, "utf8")), COPIES);
  Mutex.unlink(file);
});

for (const runtime of OWN) {
  test(`docs/from_lock_files: count.ts in ${runtime} takes the lock over from a killed holder`, async () => {
    using directory = temporaryDirectory();
    const file = `${directory.path}/count`;
    await using holder = start(runtime, HOLDER, { args: [file] });
    assertEquals(await holder.line(), "locked");
    await using program = start(runtime, SCRIPT, { flags: FLAGS, args: [file] });
    holder.signal("SIGKILL");
    assertEquals(await program.line(), "The last holder died at work");
    assertEquals(await program.line(), "1");
    assertEquals(await program.ended, 0);
    Mutex.unlink(file);
  });
}
