// What is different about children on macOS; tests/child has the rest.

import { assert, assertEquals, assertThrows } from "@std/assert";
import { SharedChild, type SpawnOptions, UnsupportedError } from "@procref/procref/child";
import { DARWIN } from "../../ffi/numbers/darwin.ts";
import { polled } from "../../src/file/descriptors.ts";
import { close, OPEN, open } from "../../src/file/posix.ts";
import { openQueue, processInfo, statusOfZombie } from "../../src/process/darwin.ts";
import { collect, launch } from "../../src/process/launch.ts";
import { eventually, macTest } from "../harness/mod.ts";

/** A child that nobody reaps. */
function launched(script: string): number {
  const stdin = open("/dev/null", OPEN.readOnly);
  try {
    const command = ["/bin/sh", "-c", script];
    return launch({ command, environment: {}, directory: "/", stdin, collected: true });
  } finally {
    close(stdin);
  }
}

macTest("umask and priority hold before the program's first instruction", async () => {
  const options: SpawnOptions = { umask: 0o027, priority: 7, stdout: "piped" };
  const child = SharedChild.spawn("/bin/sh", { ...options, args: ["-c", "umask; nice"] });
  assertEquals(await new Response(child.takeStdout()).text(), "0027\n7\n");
  assertEquals((await child.wait()).success, true);
});

macTest("what a process may only do to itself is refused", () => {
  const refused: SpawnOptions[] = [
    { ioPriority: { class: "idle" } },
    { affinity: [0] },
    { rlimits: { nofile: 50 } },
  ];
  for (const options of refused) {
    assertThrows(() => SharedChild.spawn("true", options), UnsupportedError);
  }
});

for (const [script, status] of [["exit 3", 3 << 8], ["kill -TERM $$", 15]] as const) {
  macTest(`a zombie is held, and tells how it ended: ${script}`, async () => {
    const pid = launched(script);
    await eventually(() => processInfo(pid)?.zombie === true);
    const queue = openQueue(pid);
    assert(queue !== undefined);
    assertEquals([polled(queue, DARWIN.POLLIN) !== 0, statusOfZombie(pid)], [true, status]);
    close(queue);
    collect(pid);
    assertEquals([openQueue(pid), statusOfZombie(pid)], [undefined, undefined]);
  });
}
