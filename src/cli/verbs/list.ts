import { noNames } from "../arguments.ts";
import { EXIT } from "../exit_codes.ts";
import { table } from "../output/table.ts";
import { print, printJson, tell } from "../output/write.ts";
import { HEADING, lookAround, lookAt, row, type Seen } from "../services/look.ts";
import { type Place, PLACE_OPTIONS, placeOf } from "../services/named.ts";
import type { Arguments, Verb } from "../verb.ts";

const verb: Verb = {
  name: "list",
  usage: "[OPTIONS]",
  summary: "Show the services that run, and those of procref.json",
  description:
    `Shows this user's services that run, and those that the next procref.json upwards names.

With --json: an array of objects { name, state, count, info?: { pid, port?, metadata? }, generation?,
startedAt?, healthy?, guardian?: { pid, startTime }, holders: [{ pid, startTime }], problem?, config? };
state is absent, starting, running, recovering or stopping.`,
  options: [
    { name: "names", description: "Only the names, one per line" },
    ...PLACE_OPTIONS,
  ],
  examples: ["procref list", "procref list --json | jq -r '.[].name'"],
  command: "none",
  run,
};
export default verb;

async function run(args: Arguments): Promise<number> {
  noNames(args);
  const all = await everything(placeOf(args));
  if (args.has("names")) {
    for (const name of new Set(all.map(({ name }) => name))) print(name);
  } else if (args.has("json")) printJson(all);
  else if (all.length === 0) tell("no service runs, and no procref.json names one");
  else for (const line of table([HEADING, ...all.map(row)])) print(line);
  return EXIT.ok;
}

/** What runs, and what the file names and does not run. */
export async function everything(place: Place): Promise<Seen[]> {
  const running = await lookAround(place);
  const names = [...place.file?.services.keys() ?? []];
  const named = await Promise.all(names.map(async (name) => {
    const { address: _, ...seen } = await lookAt(name, place);
    return { ...seen, ...(place.file === undefined ? {} : { config: place.file.path }) };
  }));
  const isNew = (one: Seen) =>
    !running.some(({ name, config }) => name === one.name && config === one.config);
  const isRunning = ({ name }: Seen) => running.some((one) => one.name === name && !one.config);
  return [...running, ...named.filter((one) => isNew(one) && !(isRunning(one) && one.count > 0))];
}
