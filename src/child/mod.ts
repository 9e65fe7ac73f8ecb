/**
 * A child process shared by any number of waiters in any thread, safe to signal at any time.
 *
 * Importing this touches nothing; in Deno the calls need `--allow-ffi` and `--allow-run`, which may name the programs.
 *
 * @example
 * ```ts
 * import { SharedChild } from "@procref/procref/child";
 *
 * await using child = SharedChild.spawn("echo", { args: ["hello"], stdout: "piped" });
 * const output = await new Response(child.takeStdout()).text();
 * console.log(output.trim(), (await child.wait()).code); // "hello" 0
 * ```
 *
 * @module
 */

export * from "../../ffi/errors.ts";
export type { IoPriority, Rlimit, RlimitName, Rlimits } from "./attributes.ts";
export type { SharedChildHandle } from "./handle.ts";
export type { SpawnOptions } from "./options.ts";
export { SharedChild } from "./shared_child.ts";
export { type ExitStatus, exitStatus } from "./status.ts";
export type { SignalName } from "../process/signals.ts";
export type { WaitOptions } from "../wait.ts";
