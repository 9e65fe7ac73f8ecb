import { collect } from "./collect.ts";
import { environmentOf } from "./environment.ts";
import type { CommandRequest, ProcessRunner, RunnerOutput, StartedProcess } from "./runner.ts";
import { PrivateTree, type RunTree, UserTree } from "./run_tree.ts";
import { SystemProcess } from "./system_process.ts";

/** Runs commands as processes of this system, each in a private group unless it is given one. */
export class SystemRunner implements ProcessRunner {
  /** Runs to the end. */
  async output(request: CommandRequest): Promise<RunnerOutput> {
    return await collect(await this.start(request), request);
  }

  /** Starts it. @throws {ProcrefError} `not_found`, `permission_denied`, and what else `SharedChild.spawn()` throws. */
  async start(request: CommandRequest): Promise<StartedProcess> {
    const { group } = request;
    return group === undefined
      ? await startIn(await PrivateTree.open(), request)
      : await startIn(new UserTree(group), request);
  }
}

/** Starts a command in a tree. */
export async function startIn(tree: RunTree, request: CommandRequest): Promise<StartedProcess> {
  const { program, args, cwd, stdin, stdout, stderr, attributes } = request;
  try {
    const child = await tree.spawn(program, {
      ...attributes,
      ...environmentOf(request),
      args,
      stdin,
      stdout,
      stderr,
      ...(cwd === undefined ? {} : { cwd }),
    });
    return new SystemProcess(child, tree);
  } catch (error) {
    await tree.close(undefined);
    throw error;
  }
}
