// All competitors take part in every round, so that a busy minute of the machine hits all of them alike.

/** What is measured: each call returns one sample. */
export type Competitors<Name extends string> = Readonly<
  Record<Name, () => number | Promise<number>>
>;

/**
 * Measures competitors in interleaved rounds. Every other round goes backwards: nobody always runs after the same
 * neighbour.
 *
 * @param competitors What is measured.
 * @param rounds Samples per competitor.
 * @param warmUps Rounds before these, whose samples are dropped: caches fill, code is compiled.
 */
export async function interleaved<Name extends string>(
  competitors: Competitors<Name>,
  rounds: number,
  warmUps = 1,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(competitors) as Name[];
  const samples = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<
    Name,
    number[]
  >;
  for (let round = -warmUps; round < rounds; round++) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const sample = await competitors[name]();
      if (round >= 0) samples[name].push(sample);
    }
  }
  return samples;
}
