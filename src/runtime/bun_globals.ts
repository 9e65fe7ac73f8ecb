// The parts of Bun that this folder uses, declared here so that no type package of Bun is needed to read it.

type Environment = Record<string, string | undefined>;

/** The options of Bun.spawn, as far as they matter here. */
export interface SpawnOptions {
  readonly env?: Environment;
}

/** Bun's globals. Only the Bun side asks for them, and only in Bun. */
export interface BunGlobals {
  Bun: {
    main: string;
    spawn(first: readonly string[] | SpawnOptions, options?: SpawnOptions): unknown;
    spawnSync(first: readonly string[] | SpawnOptions, options?: SpawnOptions): unknown;
  };
  process: {
    pid: number;
    platform: string;
    arch: string;
    env: Environment;
    exit(code: number): void;
  };
}
