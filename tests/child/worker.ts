// A Worker's part of worker_test.ts: takes part in a child and answers what it is asked.

import { SharedChild, type SharedChildHandle } from "../../src/child/mod.ts";

interface Request {
  readonly handle: SharedChildHandle;
  readonly action: "wait" | "kill" | "timeout";
}

const scope = globalThis as unknown as {
  onmessage: (event: MessageEvent<Request>) => void;
  postMessage(value: unknown): void;
};

scope.onmessage = async ({ data: { handle, action } }) => {
  const child = SharedChild.attach(handle);
  if (action === "kill") scope.postMessage(child.kill());
  else {
    scope.postMessage("waiting");
    const options = action === "timeout" ? { timeout: 20 } : {};
    const status = await child.wait(options).catch((error) => error.name);
    scope.postMessage({ status, again: child.tryWait(), killed: child.kill() });
  }
};
scope.postMessage("ready");
