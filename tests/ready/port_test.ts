// Whether somebody listens: on a port, or on a socket in the file system.

import { assertEquals, assertThrows } from "@std/assert";
import { once } from "node:events";
import { createServer } from "node:net";
import { platform } from "../../ffi/platform.ts";
import { accepts, acceptsAt, freePort } from "../../src/ready/port.ts";
import { posixTest, temporaryDirectory, test } from "../harness/mod.ts";

/** Listens as long as the body runs. */
async function listening(where: object, body: () => void): Promise<void> {
  const server = createServer().listen(where);
  await once(server, "listening");
  body();
  server.close();
  await once(server, "close");
}

for (const host of ["127.0.0.1", "::1"]) {
  test(`a port of ${host} accepts while somebody listens`, async () => {
    const port = freePort();
    assertEquals(accepts(port), false);
    await listening({ host, port }, () => assertEquals(accepts(port), true));
    assertEquals(accepts(port), false);
  });
}

posixTest("a socket's path may be as long as its address has room", async () => {
  using directory = temporaryDirectory();
  const most = platform === "darwin" ? 103 : 107;
  const path = `${directory.path}/`.padEnd(most, "x");
  assertEquals(acceptsAt(path), false);
  await listening({ path }, () => assertEquals(acceptsAt(path), true));
  assertThrows(() => acceptsAt(`${path}x`), RangeError, `at most ${most} bytes`);
});
