import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  commandService,
  hostReport,
  listServices,
  SharedService,
  UnsupportedError,
} from "../../src/service/mod.ts";
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
  assertThrows(() => service.count(), UnsupportedError, "windows");
  const command = commandService("refused", { command: ["cmd"] });
  await assertRejects(() => command.acquire(), UnsupportedError, "windows");
  assertEquals(started, false);
});

test("the host's report says what is there and what is not, and why", () => {
  const { platform, features } = hostReport();
  assertEquals(platform, "windows");
  const missing = features.filter(({ available }) => !available);
  assertEquals(missing.map(({ feature }) => feature), ["shared services"]);
  assertEquals(typeof missing[0]?.reason, "string");
});
