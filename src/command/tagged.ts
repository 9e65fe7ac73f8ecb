/** A line, and which stream it came from. */
export interface OutputEvent {
  /** The stream. */
  readonly stream: "stdout" | "stderr";
  /** The line, without its end. */
  readonly line: string;
}

type Batches = AsyncGenerator<string[]>;
type Next = { readonly stream: OutputEvent["stream"]; readonly next: IteratorResult<string[]> };

/** The lines of both streams in the order in which they come. Neither is read ahead by more than one piece. */
export async function* merged(
  sources: Readonly<Record<OutputEvent["stream"], Batches>>,
): AsyncGenerator<OutputEvent> {
  const pending = new Map<OutputEvent["stream"], Promise<Next>>();
  const ask = (stream: OutputEvent["stream"]) =>
    pending.set(stream, sources[stream].next().then((next) => ({ stream, next })));
  ask("stdout");
  ask("stderr");
  while (pending.size > 0) {
    const { stream, next } = await Promise.race(pending.values());
    if (next.done) pending.delete(stream);
    else {
      for (const line of next.value) yield { stream, line };
      ask(stream);
    }
  }
}
