// A client of the service in module_service.ts. Obeys `acquire` and `release`.

import process from "node:process";
import { createInterface } from "node:readline";
import type { ServiceHandle } from "@procref/procref/service";
import service from "./module_service.ts";

let handle: ServiceHandle | undefined;

for await (const line of createInterface({ input: process.stdin })) {
  try {
    if (line === "acquire") handle = await service.acquire();
    else await handle?.release();
    console.log(line === "acquire" ? `acquired ${handle?.pid}` : "released");
  } catch (error) {
    console.log(String(error));
  }
}
