import type { RuntimeChild } from "../runtime/children/mod.ts";

type Name = "stdin" | "stdout" | "stderr";

/** A child's standard streams, each given away once. */
export class Streams {
  readonly #child: RuntimeChild | undefined;
  readonly #taken = new Set<Name>();

  constructor(child: RuntimeChild | undefined) {
    this.#child = child;
  }

  take(name: "stdin"): WritableStream<Uint8Array> | undefined;
  take(name: "stdout" | "stderr"): ReadableStream<Uint8Array> | undefined;
  /** The stream at the first call. */
  take(name: Name): WritableStream<Uint8Array> | ReadableStream<Uint8Array> | undefined {
    if (this.#taken.has(name)) return undefined;
    this.#taken.add(name);
    return this.#child?.[name]();
  }

  /** Closes what nobody took. */
  async discard(): Promise<void> {
    const quiet = () => {};
    await this.take("stdin")?.abort().catch(quiet);
    await this.take("stdout")?.cancel().catch(quiet);
    await this.take("stderr")?.cancel().catch(quiet);
  }
}
