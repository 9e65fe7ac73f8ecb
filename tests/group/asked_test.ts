// A shutdown asks, the same on every system: by SIGTERM, on Windows by the event of who listens.

import { assert, assertEquals } from "@std/assert";
import { ProcessGroup, type SharedChild } from "@procref/procref/group";
import { isAlive, stop } from "@procref/procref/process";
import { test } from "../harness/mod.ts";
import { Notes } from "../process/asking.ts";
import { lines } from "../windows/programs.ts";
import "../command/warm.ts";

const LONG = 60_000; // ms: nobody waits for it

/** A member that takes a request to end as it is told, once it is where it can be asked. */
async function member(group: ProcessGroup, notes: Notes, how: string): Promise<SharedChild> {
  const { program, args } = notes.program(how);
  const child = await group.spawn(program, { args, stdout: "piped" });
  for await (const line of lines(child.takeStdout())) if (line === "ready") return child;
  throw new Error("It ended before it was ready");
}

test("shutdown() asks the members, and waits for what they do about it", async () => {
  using notes = new Notes();
  await using group = await ProcessGroup.create();
  const members = [await member(group, notes, "listens"), await member(group, notes, "listens")];
  const { exited, killed, elapsed } = await group.shutdown({ timeout: LONG });
  assertEquals([members.every(({ pid }) => exited.includes(pid)), killed], [true, []]);
  assertEquals(notes.lines, ["stopped", "stopped"]);
  for (const one of members) assertEquals((await one.wait()).code, 0);
  assert(elapsed < LONG / 2);
});

test("who is asked and does not obey is killed when the time is up, which all share", async () => {
  using notes = new Notes();
  await using group = await ProcessGroup.create();
  const members: SharedChild[] = [];
  for (const how of ["is stubborn", "is stubborn", "listens"]) {
    members.push(await member(group, notes, how));
  }
  const [one, two, obedient] = members.map(({ pid }) => pid);
  const { exited, killed, elapsed } = await group.shutdown({ timeout: 1000 });
  assertEquals(notes.lines.toSorted(), ["asked", "asked", "stopped"]);
  const reported = [one, two].map((pid) => killed.includes(pid ?? 0));
  assertEquals([reported, exited.includes(obedient ?? 0)], [[true, true], true]);
  assertEquals((await members[0]?.wait())?.signal, "SIGKILL");
  assert(elapsed >= 995 && elapsed < 1995, `${elapsed} ms`);
});

test("without escalation who does not obey lives on, in a group that is usable", async () => {
  using notes = new Notes();
  await using group = await ProcessGroup.create();
  const stubborn = await member(group, notes, "is stubborn");
  const { exited, killed } = await group.shutdown({ timeout: 500, escalate: false });
  assertEquals([exited.includes(stubborn.pid), killed, notes.lines], [false, [], ["asked"]]);
  assert(isAlive(stubborn.pid) && group.members().includes(stubborn.pid));
  await member(group, notes, "listens");
  await group.shutdown({ timeout: 500 });
  assertEquals(notes.lines, ["asked", "stopped"]);
});

test("a suspended member is asked as well", async () => {
  using notes = new Notes();
  await using group = await ProcessGroup.create();
  await member(group, notes, "listens");
  await group.suspend();
  await group.shutdown({ timeout: LONG });
  assertEquals(notes.lines, ["stopped"]);
});

test("a group that is left during a shutdown ends at once", async () => {
  using notes = new Notes();
  const group = await ProcessGroup.create();
  const { pid } = await member(group, notes, "is stubborn");
  const shutdown = group.shutdown({ timeout: LONG });
  await group[Symbol.asyncDispose]();
  const { killed, elapsed } = await shutdown;
  assertEquals([killed, isAlive(pid), group.members()], [[], false, []]);
  assert(elapsed < LONG / 2);
});

test("a child of a group can be stopped by itself, and is asked", async () => {
  using notes = new Notes();
  await using group = await ProcessGroup.create();
  const child = await member(group, notes, "listens");
  const other = await member(group, notes, "listens");
  assertEquals(await stop(child.pid), "terminated");
  assertEquals([(await child.wait()).code, notes.lines], [0, ["stopped"]]);
  assertEquals(other.tryWait(), undefined);
});
