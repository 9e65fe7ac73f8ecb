import { spawn } from "node:child_process";
import { SharedService } from "../../src/service/mod.ts";

/** A service that obeys SIGTERM at once: `sleep`. */
export function sleeper(directory: string): SharedService {
  return new SharedService("bench", {
    directory,
    onFirstAcquire() {
      const child = spawn("sleep", ["600"], { stdio: "ignore" });
      child.unref();
      return { pid: child.pid ?? 0 };
    },
  });
}
