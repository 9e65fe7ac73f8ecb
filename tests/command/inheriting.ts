// Runs a command that inherits its streams, and prints what was captured of it.

import { Command } from "@procref/procref/command";

const inherit = { stdin: "inherit", stdout: "inherit", stderr: "inherit" } as const;
const command = Command.shell('echo "out $(cat)"; echo err >&2', inherit);
const { stdout, stderr, code } = await command.output();
console.log(JSON.stringify([stdout, stderr, code]));
