// A program that is asked to end. Its argument says how it takes that; it tells by lines.

import { spawn } from "node:child_process";
import { appendFileSync } from "node:fs";
import process from "node:process";
import { isAlive, onStopRequest } from "@procref/procref/process";
import { SLEEPER } from "../service/sleeper.ts";

const [, , how = "", file = ""] = process.argv;

function tell(line: string): void {
  if (file === "") console.log(line);
  else appendFileSync(file, `${line}\n`);
}

/** A handler that takes its time. */
function slow(line: string): () => Promise<void> {
  return async () => {
    await new Promise((resolve) => setTimeout(resolve, 50));
    tell(line);
  };
}

// Those two end by themselves.
if (how !== "passes" && how !== "gives up") setInterval(() => {}, 1000);

switch (how) {
  case "listens":
  case "passes":
    onStopRequest(slow("stopped"));
    break;
  case "listens twice":
    onStopRequest(slow("slow"));
    onStopRequest(() => tell("fast"));
    break;
  case "fails":
    process.on("unhandledRejection", (error) => {
      tell(`uncaught ${error}`);
      process.exit(7);
    });
    onStopRequest(() => {
      throw new Error("at its stop");
    });
    onStopRequest(slow("slow"));
    break;
  case "takes one off":
    onStopRequest(() => tell("taken off"))[Symbol.dispose]();
    onStopRequest(slow("stopped"));
    break;
  case "takes all off":
  case "gives up":
    onStopRequest(() => tell("taken off"))[Symbol.dispose]();
    break;
  case "is stubborn":
    onStopRequest(() => {
      tell("asked");
      return new Promise(() => {});
    });
    break;
  case "has a helper": {
    const [program, args] = SLEEPER;
    const { pid = 0 } = spawn(program, [...args], { stdio: "ignore" });
    onStopRequest(async () => {
      await slow("stopped")();
      tell(`helper ${isAlive(pid) ? "alive" : "gone"}`);
      process.kill(pid, "SIGKILL");
    });
    break;
  }
}
console.log("ready");
