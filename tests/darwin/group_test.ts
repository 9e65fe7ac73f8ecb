// What is different about trees on macOS; tests/group has the rest.

import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  hostContainment,
  ProcessGroup,
  ResourceLimitError,
  UnsupportedError,
} from "@procref/procref/group";
import { darwin as table } from "../../src/group/darwin/process_table.ts";
import { identify } from "@procref/procref/process";
import { macTest } from "../harness/mod.ts";

macTest("hostContainment() names process groups, no limit, and the reason", () => {
  const { mechanism, limits, reason } = hostContainment();
  assertEquals(mechanism, "process_group");
  assertEquals(limits, { memory: false, processes: false, cpu: false });
  assert(reason?.includes("macOS"), reason);
});

macTest("other mechanisms are unsupported, limits are refused", async () => {
  for (const mechanism of ["cgroup_v2", "job_object", "none"] as const) {
    await assertRejects(() => ProcessGroup.create({ mechanism }), UnsupportedError);
  }
  const error = await assertRejects(
    () => ProcessGroup.create({ limits: { memory: 1 << 20 } }),
    ResourceLimitError,
  );
  assertEquals(error.code, "resource_limit");
});

macTest("membersInfo() tells the command, the time and the memory of a member", async () => {
  await using group = await ProcessGroup.create();
  const child = await group.spawn("sh", { args: ["-c", "while :; do :; done"] });
  while (group.stats().cpuTime < 20) await new Promise((resolve) => setTimeout(resolve, 5));
  const [info] = group.membersInfo();
  assert(info !== undefined && info.memory > 0 && info.cpuTime >= 20, JSON.stringify(info));
  assertEquals([info.pid, info.startTime], [child.pid, identify(child.pid)?.startTime]);
  assert(info.command.endsWith("-c while :; do :; done"), info.command);
});

macTest("a start time is written as ps(1) shows it", () => {
  assertEquals(table.written("1000000000.123456"), "Sun_Sep_9_01:46:40_2001");
});
