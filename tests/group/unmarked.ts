// The owner of children that carry no mark, so that its guardian finds them by its list alone. Its arguments: their
// tags; the last one is adopted, and so leads no process group.

import process from "node:process";
import { createInterface } from "node:readline";
import { ProcessGroup, SharedChild } from "../../src/group/mod.ts";

const tags = process.argv.slice(2);
const adopted = tags.pop();

const group = await ProcessGroup.create({ mechanism: "process_group" });
for (const tag of tags) {
  await group.spawn("env", {
    args: ["-i", "/bin/sleep", `600.${tag}`],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  });
  // One that goes again: what is left of the list is told anew.
  if (tag === tags[1]) await (await group.spawn("true")).wait();
}
await group.adopt(
  SharedChild.spawn("sleep", {
    args: [`600.${adopted}`],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }),
);
console.log("standing");
for await (const _ of createInterface(process.stdin));
