// The owner of some trees, which dies in the way that it is told to. Its arguments: the mechanism, the trick and the
// tag of each tree as TRICK=TAG.

import { existsSync, rmSync } from "node:fs";
import process from "node:process";
import { createInterface } from "node:readline";
import { type Mechanism, ProcessGroup } from "../../src/group/mod.ts";
import { tree, TRICKS } from "./trees.ts";

const [mechanism = "", ...trees] = process.argv.slice(2);

for (const each of trees) {
  const [name = "", tag = ""] = each.split("=");
  const trick = TRICKS.find((one) => one === name);
  if (trick === undefined) throw new Error(`No such trick: ${name}`);
  const group = await ProcessGroup.create({ mechanism: mechanism as Mechanism });
  const ready = `/tmp/procref-ready-${tag}`;
  await group.spawn("sh", { args: tree(trick, tag, `>${ready}`), stdin: "null", stdout: "null" });
  while (!existsSync(ready)) await new Promise((resolve) => setTimeout(resolve, 2));
  rmSync(ready);
}
console.log("standing");

for await (const line of createInterface(process.stdin)) {
  if (line === "exit") process.exit(0);
  if (line === "throw") throw new Error("on purpose");
  if (line === "end") break;
}
// Nothing holds the runtime any more, and no group was disposed of.
process.stdin.destroy();
