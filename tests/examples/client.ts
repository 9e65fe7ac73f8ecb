// A client to be compiled, or to be given its import by URL: it acquires a service, says its pid, and holds on.

import { commandService, ProcrefError } from "@procref/procref";
import process from "node:process";

const [name = ""] = process.argv.slice(2);
const service = commandService(name, { command: ["sleep", "600"] });
try {
  const { pid } = await service.acquire();
  console.log(pid);
  process.stdin.resume(); // so that it does not end
} catch (error) {
  console.log(error instanceof ProcrefError ? `${error.code}: ${error.message}` : error);
}
