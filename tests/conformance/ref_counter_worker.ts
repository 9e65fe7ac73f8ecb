// A Worker with one counter: it is told by messages `[method, name, backend]` and answers with the
// result, having said first that it listens.

import { install } from "../counter/install.ts";
import { openCounter, type RefCounter } from "../../src/counter/mod.ts";

install();

const scope = globalThis as unknown as Worker;
let counter: RefCounter | undefined;

scope.onmessage = ({ data: [method, name, backend] }) => {
  counter ??= openCounter(name, { backend });
  const answer = method === "acquire"
    ? counter.acquire()
    : method === "release"
    ? counter.release()
    : counter.tryLock();
  scope.postMessage(answer);
};
scope.postMessage("ready");
