// keeper.ts DIRECTORY: holds the service. The answer to any line is the service's pid.

import process from "node:process";
import { answer } from "./lines.ts";
import { sleeper } from "./sleeper.ts";

await using handle = await sleeper(process.argv[2] ?? "").acquire();
await answer(() => String(handle.pid));
