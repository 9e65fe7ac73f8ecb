// Tells by which path it would be started again.

import { executable } from "../../src/runtime/process_files.ts";

console.log(executable());
