// The program of a pass: the bundle of this file is what a guardian's shell runs.

import { runtime } from "../../runtime/mod.ts";
import { initialEnvironment } from "../../runtime/process_files.ts";
import { pass } from "./pass.ts";

const { PROCREF_SERVICE = "{}", PROCREF_GUARDIAN } = initialEnvironment();
const { name, directory }: { name: string; directory: string } = JSON.parse(PROCREF_SERVICE);

// What the service's own onLastRelease launches is not a pass.
for (const variable of Object.keys(runtime.scriptEnvironment)) {
  runtime.setVariable(variable, undefined);
}

console.log(await pass(name, directory, Number(PROCREF_GUARDIAN)));
// An onLastRelease that hangs may have left timers, and the shell waits for the end of this process.
runtime.exit();
