import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  hostContainment,
  ProcessGroup,
  ResourceLimitError,
  type ResourceLimits,
} from "@procref/procref/group";
import { readFileSync, writeFileSync } from "node:fs";
import { platform } from "../../ffi/platform.ts";
import { findParent, handOn } from "../../src/group/linux/delegation.ts";
import { evidence, writeLimits } from "../../src/group/linux/limit_files.ts";
import { temporaryDirectory, test } from "../harness/mod.ts";
import { delegatedFiles, layOut } from "./delegated.ts";

const ALL = ["memory", "processes", "cpu"] as const;
const CONTROLLERS = ["cpu", "memory", "pids"];

test("0, NaN, negative and other limits that are none: one error, at once", async () => {
  await using group = await ProcessGroup.create();
  for (const name of ALL) {
    for (const value of [0, -1, NaN, Infinity, "1"]) {
      const limits = { [name]: value } as ResourceLimits;
      const error = await assertRejects(() => ProcessGroup.create({ limits }), ResourceLimitError);
      assertEquals([error.code, error.reason], ["resource_limit", "invalid"]);
      assert(error.message.includes(name) && error.message.includes(String(value)), error.message);
      assertEquals(
        assertThrows(() => group.updateLimits(limits), ResourceLimitError).reason,
        "invalid",
      );
    }
  }
  for (const limits of [{ memory: 1.5 }, { processes: 2.5 }, { cpu: 0.001 }]) {
    assertEquals(
      (await assertRejects(() => ProcessGroup.create({ limits }), ResourceLimitError)).reason,
      "invalid",
    );
  }
});

test("a limit is enforced, or refused with the reason before anything starts", async () => {
  const host = hostContainment();
  const asked = { memory: { memory: 64 << 20 }, processes: { processes: 10 }, cpu: { cpu: 0.5 } };
  for (const name of ALL) {
    const limits: ResourceLimits = asked[name];
    if (host.limits[name]) {
      await using group = await ProcessGroup.create({ limits });
      assertEquals(group.limitEvidence(), "not_tripped");
      continue;
    }
    assert(host.reason);
    const error = await assertRejects(() => ProcessGroup.create({ limits }), ResourceLimitError);
    assertEquals(error.code, "resource_limit");
    assertEquals(error.reason, host.mechanism === "cgroup_v2" ? "unenforceable" : "unsupported");
    assert(platform !== "linux" || error.message.includes("cgroup"), error.message);
    await using group = await ProcessGroup.create();
    assertThrows(() => group.updateLimits(limits), ResourceLimitError);
    assertEquals(group.limitEvidence(), "unknown");
  }
});

test("a process group has no limits: unsupported", async () => {
  const limits = { memory: 1 << 30 };
  const error = await assertRejects(
    () => ProcessGroup.create({ mechanism: "process_group", limits }),
    ResourceLimitError,
  );
  assertEquals(error.reason, "unsupported");
  await using group = await ProcessGroup.create({ mechanism: "process_group" });
  assertEquals(
    assertThrows(() => group.updateLimits(limits), ResourceLimitError).reason,
    "unsupported",
  );
});

/** A user manager's tree: we live in app.slice/our.service. */
function delegated(path: string): { slice: string; service: string } {
  const slice = `${path}/app.slice`;
  const service = `${slice}/our.service`;
  layOut(path, CONTROLLERS, { root: true, enabled: CONTROLLERS });
  layOut(slice, CONTROLLERS, { enabled: ["memory", "pids"] });
  layOut(service, ["memory", "pids"], { pids: [100] });
  return { slice, service };
}

test("in a delegated tree: without limits below our own cgroup, with limits beside it", () => {
  using directory = temporaryDirectory();
  const { slice, service } = delegated(directory.path);
  const files = delegatedFiles([directory.path]);
  const place = { directory: service, mount: directory.path };
  assertEquals(findParent(place, [], files), { parent: service });
  // Processes live in our own cgroup, so it can hand nothing on (EBUSY); its parent does already.
  assertEquals(findParent(place, ["memory", "processes"], files), { parent: slice });
  assertEquals(handOn(slice, ["memory", "processes"], files), undefined);
});

test("in a delegated tree: a controller that is not handed on yet is enabled", () => {
  using directory = temporaryDirectory();
  const { slice, service } = delegated(directory.path);
  const files = delegatedFiles([directory.path]);
  assertEquals(findParent({ directory: service, mount: directory.path }, ALL, files), {
    parent: slice,
  });
  assertEquals(handOn(slice, ALL, files), undefined);
  assertEquals(readFileSync(`${slice}/cgroup.subtree_control`, "utf8"), "memory pids cpu\n");
});

test("in a delegated tree: the kernel's refusals become reasons", () => {
  using directory = temporaryDirectory();
  const { slice, service } = delegated(directory.path);
  const busy = handOn(service, ["cpu"], delegatedFiles()) ?? "";
  assert(busy.includes("EBUSY") && busy.includes("processes live in it"), busy);
  const locked = delegatedFiles([directory.path, slice]);
  const found = findParent({ directory: service, mount: directory.path }, ["cpu"], locked);
  assert("reasons" in found);
  const text = found.reasons.join("; ");
  assert(text.includes(`cpu is not in ${service}/cgroup.controllers`), text);
  assert(text.includes(`${slice} may not be written by this user`), text);
  const memory = findParent({ directory: service, mount: directory.path }, ["memory"], locked);
  assert("reasons" in memory);
  assert(memory.reasons.some((reason) => reason.includes(`processes live in ${service}`)));
});

test("in a delegated tree: threaded cgroups are no place for a group", () => {
  using directory = temporaryDirectory();
  const { service } = delegated(directory.path);
  writeFileSync(`${service}/cgroup.type`, "threaded\n");
  const found = findParent({ directory: service, mount: service }, [], delegatedFiles());
  assert("reasons" in found && found.reasons[0]?.includes("threaded"));
});

test("limits are written as the kernel's documentation has them", () => {
  using directory = temporaryDirectory();
  const { slice } = delegated(directory.path);
  const files = delegatedFiles();
  handOn(slice, ALL, files);
  const group = `${slice}/procref-test`;
  assertEquals(files.make(group), 0);
  writeFileSync(`${group}/memory.swap.max`, "max\n");
  writeLimits(group, { memory: 64 << 20, processes: 10, cpu: 1.5 }, files);
  const read = (file: string) => readFileSync(`${group}/${file}`, "utf8").trim();
  assertEquals(read("memory.max"), "67108864");
  assertEquals(read("memory.swap.max"), "0");
  assertEquals(read("pids.max"), "10");
  assertEquals(read("cpu.max"), "150000 100000");
  // What is left out stays.
  writeLimits(group, { processes: 20 }, files);
  assertEquals([read("pids.max"), read("memory.max")], ["20", "67108864"]);
});

test("a limit whose file is not there is refused, not skipped", () => {
  using directory = temporaryDirectory();
  layOut(`${directory.path}/bare`, []);
  const error = assertThrows(
    () => writeLimits(`${directory.path}/bare`, { memory: 1 << 20 }, delegatedFiles()),
    ResourceLimitError,
  );
  assertEquals(error.reason, "unenforceable");
});

test("evidence of a limit that was hit comes from the kernel's counters", () => {
  using directory = temporaryDirectory();
  const group = `${directory.path}/group`;
  layOut(group, CONTROLLERS);
  const files = delegatedFiles();
  const limits = { memory: 1 << 20, processes: 3, cpu: 1 };
  assertEquals(evidence(group, {}, files), "unknown");
  assertEquals(evidence(group, limits, files), "not_tripped");
  const trips: [string, string][] = [
    ["memory.events", "low 0\nhigh 0\nmax 12\noom 1\noom_kill 1\n"],
    ["pids.events", "max 4\n"],
    ["cpu.stat", "usage_usec 5\nnr_throttled 9\n"],
  ];
  for (const [file, text] of trips) {
    const before = readFileSync(`${group}/${file}`, "utf8");
    writeFileSync(`${group}/${file}`, text);
    assertEquals(evidence(group, limits, files), "tripped");
    writeFileSync(`${group}/${file}`, before);
  }
  assertEquals(evidence(`${directory.path}/gone`, limits, files), "unknown");
});
