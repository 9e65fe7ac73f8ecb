/** A directory of this run's own: compiled floors, records of services, lock files. */
export interface Scratch extends Disposable {
  readonly path: string;
  /** Makes a directory in it for one service: nothing but that service's files will be there. */
  directory(): string;
}

/** Makes the directory; it is removed at the end of its scope. */
export function makeScratch(): Scratch {
  const path = Deno.makeTempDirSync({ prefix: "procref-bench-" });
  return {
    path,
    directory: () => Deno.makeTempDirSync({ dir: path }),
    [Symbol.dispose]: () => Deno.removeSync(path, { recursive: true }),
  };
}
