/** Where a child's standard stream leads. */
export type StreamMode = "piped" | "inherit" | "null";

/** A child as both runtimes can start it: everything found and checked before. */
export interface ChildOrder {
  /** An absolute path. */
  readonly path: string;
  readonly args: readonly string[];
  /** What the program sees as its own name; default: the path. */
  readonly argv0: string | undefined;
  readonly cwd: string | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly clearEnv: boolean;
  readonly stdin: StreamMode;
  readonly stdout: StreamMode;
  readonly stderr: StreamMode;
  /** Windows: standard error leads to wherever standard output does. */
  readonly joined: boolean;
  readonly uid: number | undefined;
  readonly gid: number | undefined;
  readonly newSession: boolean;
  readonly windowsHide: boolean;
  /** A program that procref runs for itself: nobody is asked for the right to run it. */
  readonly unasked: boolean;
  /** The directory of a cgroup to start in, where that can be done (`startsInCgroup`). */
  readonly cgroup: string | undefined;
}

/** How a child ended, as the runtime tells it. */
export interface Ending {
  readonly code: number | null;
  /** A name, or the number of a signal that has none. */
  readonly signal: string | number | null;
}

/** A child of this runtime, which also reaps it. */
export interface RuntimeChild {
  readonly pid: number;
  /** The pidfd with which it was born, in the turn of its start. It is the runtime's, who closes it after the end. */
  readonly pidfd?: number;
  /** Its end. It rejects where the runtime lost it. */
  readonly ended: Promise<Ending>;
  /** True once the runtime has reaped it: from then on its pid may belong to another process. */
  reaped(): boolean;
  /** The streams, where they are piped. Asking for one takes it away from the runtime's own object. */
  stdin(): WritableStream<Uint8Array> | undefined;
  stdout(): ReadableStream<Uint8Array> | undefined;
  stderr(): ReadableStream<Uint8Array> | undefined;
  /** Holds the process alive until the child has ended. */
  ref(): void;
  /** Lets the process end although the child still runs. */
  unref(): void;
}

/** Who the child is to be, where that is not who we are. */
export type ChildUser = Pick<ChildOrder, "uid" | "gid">;

/** What a runtime offers for children. */
export interface RuntimeChildren {
  /** Loads what a birth in a cgroup takes, where it is not there from the beginning. */
  prepareBirths?(): Promise<void>;
  /** True if `cgroup` of an order is obeyed: the child is born inside (clone3(2), CLONE_INTO_CGROUP). */
  startsInCgroup(user?: ChildUser): boolean;
  /** @throws {unknown} The runtime's own error, with `code` and perhaps `syscall`. */
  spawn(order: ChildOrder): RuntimeChild;
  /** A child object of the runtime's own API; undefined if it is none. */
  wrap(child: unknown): RuntimeChild | undefined;
}
