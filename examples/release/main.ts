// Releases the repository it is run in.
//
//   deno run -A examples/release/main.ts        (or: bun examples/release/main.ts)

import process from "node:process";
import { release } from "./release.ts";

try {
  const { version, notes } = await release();
  console.log(`${version} is released:`);
  for (const note of notes) console.log(`  ${note}`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
