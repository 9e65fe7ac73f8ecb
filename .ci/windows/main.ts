// Tests on Windows. Arguments name the test files; by default all that Windows is known to pass.

import { closing } from "../suites.ts";
import { testOnWindows } from "./suites.ts";
import { TESTS } from "./tests.ts";

const tallies = await testOnWindows(Deno.args.length > 0 ? Deno.args : TESTS);
console.log(closing(tallies));
Deno.exit(tallies.some(({ failed }) => failed > 0) ? 1 : 0);
