import { assert, assertEquals } from "@std/assert";
import { test } from "../harness/mod.ts";
import { asNobody } from "./nobody.ts";

test("a user who may not make cgroups gets process groups, with the reason", async () => {
  const text = await asNobody("tests/group/unprivileged.ts");
  if (text === undefined) return;
  const { host, mechanism, refused, limits, foreign, rights, signal } = JSON.parse(text);
  assertEquals(mechanism, "process_group");
  assertEquals(host.mechanism, "process_group");
  assertEquals(host.limits, { memory: false, processes: false, cpu: false });
  assert(host.reason.includes("may not be written by this user"), host.reason);
  assertEquals(refused, "unsupported");
  assertEquals(limits, "resource_limit unsupported");
  assertEquals(foreign, "permission_denied");
  assertEquals(rights, {
    priority: "permission_denied",
    ioPriority: "permission_denied",
    rlimits: "started",
    raised: "permission_denied",
  });
  assertEquals(signal, "SIGKILL");
});
