import { assertRejects, assertThrows } from "@std/assert";
import {
  daemonize,
  daemonStatus,
  lockPidFile,
  readPidFile,
  spawnDaemon,
  UnsupportedError,
} from "../../src/daemon/mod.ts";
import { windowsTest as test } from "../harness/mod.ts";

test("a daemon and a pid file are refused by name, with the platform", async () => {
  await assertRejects(() => daemonize(), UnsupportedError, "windows");
  await assertRejects(() => spawnDaemon("cmd"), UnsupportedError, "windows");
  await assertRejects(() => daemonStatus("C:\\none.pid"), UnsupportedError, "windows");
  await assertRejects(() => readPidFile("C:\\none.pid"), UnsupportedError, "windows");
  assertThrows(() => lockPidFile("C:\\none.pid"), UnsupportedError, "windows");
});
