// Supervises a program that starts others, and is killed with it. It prints the pids.

import { Command, Supervisor } from "@procref/procref/command";
import { OWN_SESSION } from "../group/trees.ts";

const script = `${OWN_SESSION}sleep 60 & echo $$ $!; exec sleep 60`;
const supervisor = new Supervisor(
  new Command("sh", { args: ["-c", script], onStdoutLine: (line) => console.log(line) }),
  { restart: "always", backoff: 0 },
);
await supervisor.run();
