import { ProcrefError } from "../../ffi/errors.ts";
import { statusAt } from "../file/posix.ts";
import { quote } from "../name.ts";
import { environmentOf } from "./environment.ts";
import type { CommandRequest, StartedProcess, StdinInput } from "./runner.ts";
import { PrivateTree, type RunTree, SharedTree, UserTree } from "./run_tree.ts";
import { SystemProcess } from "./system_process.ts";

/**
 * Starts a command in a tree of its own, or in the group it is given.
 *
 * @param measured Somebody may ask what it uses.
 */
export async function startProcess(
  request: CommandRequest,
  measured: boolean,
): Promise<StartedProcess> {
  const { group } = request;
  return group === undefined
    ? await startIn(await PrivateTree.open(!measured), request)
    : await startIn(new UserTree(group), request);
}

/** A tree for several commands: gives what starts them. */
export async function sharedTree(): Promise<(request: CommandRequest) => Promise<StartedProcess>> {
  const tree = new SharedTree(await PrivateTree.open());
  return (request) => startIn(tree, request);
}

/** Starts a command in a tree. */
async function startIn(tree: RunTree, request: CommandRequest): Promise<StartedProcess> {
  const { program, args, cwd, stdin, stdout, stderr, attributes } = request;
  try {
    checkInput(request.input);
    // It may have been cancelled while the tree was made.
    request.capture.signal?.throwIfAborted();
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

/** What is missing is told before anything is started. */
function checkInput(input: StdinInput | undefined): void {
  if (input === undefined || !("file" in input) || statusAt(input.file, "follow")) return;
  throw new ProcrefError("not_found", `The file for stdin is not there: ${quote(input.file)}`);
}
