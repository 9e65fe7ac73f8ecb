// Has commands that run, one of them supervised, each with a child of its own; it prints the pids of all of them.

import { Supervisor } from "@procref/procref/command";
import { take } from "./commands.ts";

const pids: string[] = [];
const standing = Promise.withResolvers<void>();
const onStdoutLine = (line: string) => {
  if (pids.push(line) === 4) standing.resolve();
};
const command = take(["pid", "leave", "hang"], { onStdoutLine });
await using _process = await command.start();
const supervision = new Supervisor(command, { restart: "always", backoff: 0 }).run();
await standing.promise;
console.log(pids.join(" "));
await supervision;
