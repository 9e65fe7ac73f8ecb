/** What a program that people call from a shell needs of its runtime. */
export interface Terminal {
  /** What stands after the program's name. */
  arguments(): readonly string[];
  /** True if a terminal is at the other end of standard output (1) or standard error (2). */
  isTerminal(descriptor: 1 | 2): boolean;
  /** The terminal's size; undefined where there is none. */
  size(): { readonly columns: number; readonly rows: number } | undefined;
  /** Writes bytes to standard output (1) or standard error (2). @returns How many of them. @throws Nobody reads. */
  write(descriptor: 1 | 2, bytes: Uint8Array): number;
  /** Calls back at a signal, in place of its default effect. @returns What ends that. */
  onSignal(name: string, listener: () => void): () => void;
  /** Ends this process now. */
  exit(code: number): never;
}
