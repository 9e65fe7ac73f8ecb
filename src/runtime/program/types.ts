/** How this program was started, as far as starting it anew depends on it. */
export interface Origin {
  /** Where its code comes from; `"runner"` is a test runner or an interactive session. */
  readonly source: "file" | "eval" | "stdin" | "runner";
  /** The arguments that the program itself sees: the end of the command line. */
  readonly args: readonly string[];
  /** False in a Worker. */
  readonly mainThread: boolean;
}

/** What a runtime tells of the program as a whole, and does with it. */
export interface RuntimeProgram {
  /** How it was started, given its command line. */
  origin(commandLine: readonly string[]): Origin;
  /** Moves this process to another directory. @throws {Error} The system's refusal. */
  changeDirectory(path: string): void;
  /** Removes a variable, so that no child inherits it, whichever way it is started. */
  forgetVariable(name: string): void;
  /** Calls back at each signal of that name; it holds no process alive. Returns what takes it off. */
  onSignal(name: "SIGHUP" | "SIGTERM", handler: () => void): () => void;
  /** Calls back when this process ends by itself: not when a signal or an error ends it. */
  onExit(handler: () => void): void;
}
