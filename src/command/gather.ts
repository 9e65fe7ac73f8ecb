import type { Channel } from "./channel.ts";
import type { Sink } from "./sinks.ts";

/** Reads a stream to its end and gives each piece to all sinks. @throws What a sink throws, or its making. */
export async function gather(channel: Channel, makers: readonly (() => Sink)[]): Promise<void> {
  const sinks: Sink[] = [];
  try {
    for (const make of makers) sinks.push(make());
    for (let bytes = await channel.read(); bytes !== undefined; bytes = await channel.read()) {
      for (const sink of sinks) {
        const wait = sink.write(bytes);
        if (wait !== undefined) await wait;
      }
    }
    for (const sink of sinks) await sink.end();
  } finally {
    for (const sink of sinks) sink.close();
  }
}
