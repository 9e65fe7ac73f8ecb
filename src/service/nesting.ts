import { AsyncLocalStorage } from "node:async_hooks";

/** The token of the start that the running code belongs to. */
export const nesting: AsyncLocalStorage<string> = new AsyncLocalStorage<string>();
