// A process whose first runs are a command and a pipeline at the same time. Prints what they came to.

import { Command } from "@procref/procref/command";

const echo = new Command("echo", { args: ["a"] });
const first = [echo, echo.pipe(new Command("cat"))].map((one) => one.run().catch(String));
console.log((await Promise.all(first)).join(" "));
