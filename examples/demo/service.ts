import process from "node:process";
import { fileURLToPath } from "node:url";
import { commandService, type SharedService } from "@procref/procref/service";

const server = fileURLToPath(new URL("./server.ts", import.meta.url));
const flags = "Bun" in globalThis ? [] : ["--allow-all", "--quiet"];

/** One HTTP server for all clients, on a port that was free when the first of them came. */
export const demo: SharedService = commandService("procref-demo", {
  command: [process.execPath, "run", ...flags, server],
  port: "free",
});
