import { environmentOf } from "./environment.ts";
import { joinedStreams } from "./joined_streams.ts";
import { files } from "./later.ts";
import type { CommandRequest, StartedProcess } from "./runner.ts";
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
    await checkFiles(request);
    // It may have been cancelled while the tree was made.
    request.capture.signal?.throwIfAborted();
    const options = {
      ...attributes,
      ...environmentOf(request),
      args,
      stdin,
      stdout,
      ...(cwd === undefined ? {} : { cwd }),
    };
    if (stderr !== "stdout") {
      return new SystemProcess(await tree.spawn(program, { ...options, stderr }), tree);
    }
    const joined = joinedStreams(program, options);
    return new SystemProcess(await tree.spawn(joined.program, joined.options), tree);
  } catch (error) {
    await tree.close(undefined);
    throw error;
  }
}

/** What can't be read or written is told before anything is started. */
async function checkFiles({ input, capture }: CommandRequest): Promise<void> {
  const source = input !== undefined && "file" in input ? input.file : undefined;
  const targets = [capture.stdout.file, capture.stderr.file].filter((file) => file !== undefined);
  if (source === undefined && targets.length === 0) return;
  const { checkInputFile, checkOutputFile } = await files();
  if (source !== undefined) checkInputFile(source);
  for (const { path } of targets) checkOutputFile(path);
}
