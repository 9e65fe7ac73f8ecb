/** A directory of this run's own: compiled floors, records of services, lock files. */
export interface Scratch extends Disposable {
  readonly path: string;
  /** Makes a directory in it for one service: nothing but that service's files will be there. */
  directory(): string;
}

/** Makes the directory; it is removed at the end of its scope, and at Ctrl-C. */
export function makeScratch(): Scratch {
  const path = Deno.makeTempDirSync({ prefix: "procref-bench-" });
  const remove = () => Deno.removeSync(path, { recursive: true });
  // The terminal sends SIGINT to all processes of the run: each of them ends by itself.
  const interrupted = () => {
    remove();
    Deno.exit(130);
  };
  Deno.addSignalListener("SIGINT", interrupted);
  return {
    path,
    directory: () => Deno.makeTempDirSync({ dir: path }),
    [Symbol.dispose]: () => {
      Deno.removeSignalListener("SIGINT", interrupted);
      remove();
    },
  };
}
