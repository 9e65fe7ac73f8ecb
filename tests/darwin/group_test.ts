// There is no mechanism for process trees on macOS, and that may be asked.

import { assertEquals, assertRejects } from "@std/assert";
import { platform } from "../../ffi/platform.ts";
import { hostContainment, ProcessGroup, UnsupportedError } from "../../src/group/mod.ts";
import { test } from "../harness/mod.ts";

if (platform === "darwin") {
  test("hostContainment() names no mechanism, and says why", async () => {
    assertEquals(hostContainment(), {
      mechanism: "none",
      limits: { memory: false, processes: false, cpu: false },
      reason: "procref has no mechanism for this on darwin",
    });
    await assertRejects(() => ProcessGroup.create(), UnsupportedError);
  });
}
