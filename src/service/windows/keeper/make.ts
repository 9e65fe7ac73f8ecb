// A keeper is a runtime in no job of ours and without a console, which gets its program through a pipe and says when it
// is on watch.

import { ProcrefError } from "../../../../ffi/errors.ts";
import { closeHandle } from "../../../../ffi/windows/ntdll.ts";
import { createProcess } from "../../../child/windows/create.ts";
import { type Ends, openPipe } from "../../../child/windows/pipe.ts";
import { quote } from "../../../name.ts";
import type { ProcessIdentity } from "../../../process/identity.ts";
import { HeldByHandle, timesOf } from "../../../process/windows.ts";
import { limit, unlessAborted } from "../../../wait.ts";
import type { Definition } from "../../definition.ts";
import { chargeOf, guardianEnvironment, passCommand } from "../../guardian/make.ts";
import type { ServicePaths } from "../../record/store.ts";
import { fileOf } from "./module.ts";

const PATIENCE = 30_000; // ms

/**
 * Starts the keeper of a service; returns when it is on watch.
 *
 * @throws {ProcrefError} `"start_failed"`: it ended.
 * @throws {TimeoutError} It was not on watch within 30 seconds.
 * @throws {SystemError | UnsupportedError}
 */
export async function makeKeeper(
  definition: Definition,
  paths: ServicePaths,
  job: string,
): Promise<ProcessIdentity> {
  const { KEEPER } = await import("./bundle.ts");
  const input = openPipe("write");
  const output = openPipe("read");
  const errors = openPipe("read");
  try {
    const { pid, process } = create(definition, paths, job, [input, output, errors]);
    const held = new HeldByHandle(pid, process);
    const startTime = String(timesOf(process).created);
    try {
      using patience = limit(
        { timeout: PATIENCE },
        () => `the keeper of ${quote(definition.name)}`,
      );
      const told = async () => {
        await input.ours.write(new TextEncoder().encode(KEEPER));
        await input.ours.close();
        return await output.ours.read();
      };
      if (await unlessAborted(told(), patience.signal) !== undefined) return { pid, startTime };
      const words = new TextDecoder().decode(await errors.ours.read()).trim();
      throw new ProcrefError(
        "start_failed",
        `The keeper of service ${quote(definition.name)} ended before it was on watch: ${words}`,
      );
    } catch (error) {
      held.signal(0) && held.terminate(1);
      throw error;
    } finally {
      held.close();
    }
  } finally {
    for (const { ours } of [input, output, errors]) await ours.close();
  }
}

const NOTHING = { priority: undefined, ioPriority: undefined, affinity: undefined };

function create(
  definition: Definition,
  paths: ServicePaths,
  job: string,
  streams: readonly Ends[],
): { pid: number; process: number } {
  const charge = chargeOf(definition, paths);
  const { name, directory } = charge;
  const [path = "", ...args] = passCommand(charge);
  const env = {
    ...guardianEnvironment(charge),
    PROCREF_SERVICE: JSON.stringify({ name, directory, job }),
  };
  const handles = streams.map(({ childs }) => childs);
  try {
    return createProcess(
      {
        path,
        args,
        env,
        clearEnv: true,
        cwd: directoryOf(definition, env),
        argv0: undefined,
        newSession: true,
        windowsHide: false,
      },
      { attributes: { ...NOTHING, rlimits: undefined }, umask: undefined, cgroup: undefined },
      handles,
    );
  } finally {
    handles.forEach(closeHandle);
  }
}

/** Where a module's configuration is looked for: beside it. Else one that nobody wants to remove. */
function directoryOf({ module }: Definition, env: Readonly<Record<string, string>>): string {
  const file = module === undefined ? undefined : fileOf(module);
  const system = Object.entries(env).find(([name]) => name.toUpperCase() === "SYSTEMROOT");
  return file?.replace(/\\[^\\]*$/, "\\") ?? system?.[1] ?? "C:\\";
}
