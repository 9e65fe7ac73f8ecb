/**
 * Many processes share one service, one lock, one block of memory or one process tree, and the kernel is the only
 * bookkeeper. Everything is here; each area is also an entry point of its own.
 *
 * Importing this touches nothing; in Deno the calls need `--allow-ffi`.
 *
 * @example
 * ```ts
 * import { commandService } from "@procref/procref";
 *
 * const sleeper = commandService("docs-sleeper", { command: ["sleep", "60"] });
 * await using handle = await sleeper.acquire();
 * console.log(handle.pid, sleeper.count()); // 4711 1
 * ```
 *
 * @module
 */

export * from "./src/child/mod.ts";
export * from "./src/command/mod.ts";
export * from "./src/counter/mod.ts";
export * from "./src/daemon/mod.ts";
export * from "./src/group/mod.ts";
export * from "./src/process/mod.ts";
export * from "./src/service/mod.ts";
export * from "./src/sync/mod.ts";
export { sharedFixture } from "./src/testing/mod.ts";
