// A Worker that starts a child, shares it, and is ended before the child is.

import { SharedChild } from "../../src/child/mod.ts";

const child = SharedChild.spawn("sleep", { args: ["60"] });
(globalThis as unknown as { postMessage(value: unknown): void }).postMessage(child.share());
