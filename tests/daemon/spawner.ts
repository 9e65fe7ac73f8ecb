// Calls spawnDaemon() as its first argument says, and tells what came of it.

import process from "node:process";
import { spawnDaemon } from "@procref/procref/daemon";

const { program, options } = JSON.parse(process.argv[2] ?? "{}");
try {
  console.log(JSON.stringify(await spawnDaemon(program, options)));
} catch (error) {
  const { name, code, message } = error as Error & { code?: string };
  console.log(JSON.stringify({ name, code, message }));
}
