// What a user without rights gets, where no cgroup can be made: run as nobody, prints what runs came to.

import { Command, isPermissionDenied } from "../../src/command/mod.ts";
import { hostContainment } from "../../src/group/mod.ts";
import { isAlive } from "../../src/process/mod.ts";
import { OWN_SESSION } from "../group/trees.ts";

const started = `${OWN_SESSION}sleep 600 & echo $!; sleep 600 & echo $!;`;
const ended = await Command.shell(`${started} exit 3`).output();
const late = await Command.shell(`${started} exec sleep 600`, { timeout: 300 }).output();
const denied = [
  { stdin: { file: "/etc/shadow" } },
  { stdout: { file: "/etc/passwd" } },
  { stderr: { file: "/etc/of-nobody" } },
].map((options) =>
  Command.shell("touch started", options).run().catch((error) => isPermissionDenied(error))
);
const refused = await Promise.all(denied);
const piped = await Command.shell("echo b; echo a").pipe(new Command("sort")).run();
const pids = `${ended.stdout}${late.stdout}`.trim().split("\n").map(Number);
console.log(JSON.stringify({
  mechanism: hostContainment().mechanism,
  code: ended.code,
  timedOut: late.timedOut,
  piped,
  refused,
  started: await Command.shell("test -e started").probe(),
  pids: pids.length,
  survivors: pids.filter(isAlive),
}));
