import type { Channel } from "./channel.ts";
import type { LineSplitter } from "./lines.ts";

/** The lines of a channel, several at a time, as many as one read brings. */
export async function* lineBatches(
  channel: Channel,
  splitter: LineSplitter,
): AsyncGenerator<string[]> {
  for (let bytes = await channel.read(); bytes !== undefined; bytes = await channel.read()) {
    const lines = splitter.push(bytes);
    if (lines.length > 0) yield lines;
  }
  const rest = splitter.end();
  if (rest.length > 0) yield rest;
}
