// The program of a keeper: its bundle is what a client starts.

import { runtime } from "../../../runtime/mod.ts";
import { initialEnvironment } from "../../../runtime/process_files.ts";
import { type Charge, keep } from "./keep.ts";

const { PROCREF_SERVICE = "{}" } = initialEnvironment();
const charge: Charge = JSON.parse(PROCREF_SERVICE);

// What the service's own onLastRelease launches is no keeper.
for (const variable of Object.keys(runtime.scriptEnvironment)) {
  runtime.setVariable(variable, undefined);
}
runtime.setVariable("PROCREF_GUARDIAN", `${runtime.pid}`);

await keep(charge, () => console.log("on watch"));
// An onLastRelease that hangs may have left timers.
runtime.exit();
