// A Worker's part: take part in the child, then wait for it or kill it.

import { SharedChild, type SharedChildHandle } from "@procref/procref/child";

const scope = globalThis as unknown as {
  onmessage: (event: MessageEvent<{ handle: SharedChildHandle; kill: boolean }>) => void;
  postMessage(text: string): void;
};

scope.onmessage = async ({ data: { handle, kill } }) => {
  const child = SharedChild.attach(handle);
  if (kill) scope.postMessage(`killed it: ${child.kill()}`);
  else {
    const { signal } = await child.wait();
    scope.postMessage(`saw it end by ${signal}`);
  }
};
scope.postMessage("ready");
