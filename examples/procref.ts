// The procref command as a script of one's own, for Bun, to which packages from JSR bring no commands:
//
//   bun examples/procref.ts with web --start "python3 -m http.server -b 127.0.0.1 {port}" --port free -- sh

import { main } from "@procref/procref/cli";
import { argv, exit } from "node:process";

exit(await main(argv.slice(2)));
