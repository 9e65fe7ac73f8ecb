import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  commandService,
  hostReport,
  listServices,
  serviceFromFile,
  SharedService,
  stopService,
  UnsupportedError,
} from "../../src/service/mod.ts";
import {
  daemonize,
  daemonStatus,
  lockPidFile,
  readPidFile,
  spawnDaemon,
} from "../../src/daemon/mod.ts";
import { windowsTest as test } from "../harness/mod.ts";

test("a shared service is refused by name, with the platform", async () => {
  let started = false;
  const service = new SharedService("refused", {
    onFirstAcquire() {
      started = true;
      return { pid: 1 };
    },
  });
  await assertRejects(() => service.acquire(), UnsupportedError, "windows");
  await assertRejects(() => service.status(), UnsupportedError, "windows");
  await assertRejects(() => listServices(), UnsupportedError, "windows");
  await assertRejects(() => stopService("refused"), UnsupportedError, "windows");
  await assertRejects(() => serviceFromFile("refused"), UnsupportedError, "windows");
  assertThrows(() => service.count(), UnsupportedError, "windows");
  const command = commandService("refused", { command: ["cmd"] });
  await assertRejects(() => command.acquire(), UnsupportedError, "windows");
  assertEquals(started, false);
});

test("a daemon and a pid file are refused by name, with the platform", async () => {
  await assertRejects(() => daemonize(), UnsupportedError, "windows");
  await assertRejects(() => spawnDaemon("cmd"), UnsupportedError, "windows");
  await assertRejects(() => daemonStatus("C:\\none.pid"), UnsupportedError, "windows");
  await assertRejects(() => readPidFile("C:\\none.pid"), UnsupportedError, "windows");
  assertThrows(() => lockPidFile("C:\\none.pid"), UnsupportedError, "windows");
});

test("the host's report says what is there and what is not, and why", () => {
  const { platform, features } = hostReport();
  assertEquals(platform, "windows");
  const missing = features.filter(({ available }) => !available);
  assertEquals(
    missing.map(({ feature }) => feature),
    ["guardian", "records of services", "daemons and pid files"],
  );
  for (const { reason } of missing) assertEquals(typeof reason, "string");
});
