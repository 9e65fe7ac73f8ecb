import { quote } from "../../name.ts";
import { stopService } from "../../service/stop_service.ts";
import { nameOf } from "../arguments.ts";
import { EXIT } from "../exit_codes.ts";
import { showing } from "../output/progress.ts";
import { printJson, tell } from "../output/write.ts";
import { lookAt } from "../services/look.ts";
import { PLACE_OPTIONS, placeOf } from "../services/named.ts";
import { duration } from "../values.ts";
import type { Arguments, Verb } from "../verb.ts";

const verb: Verb = {
  name: "stop",
  usage: "NAME [OPTIONS]",
  summary: "Stop a service that nobody uses any more",
  description:
    `Stops a service that lingers, or that was left over, by the policy it was started with. One that has
clients is left alone, unless --force is given: then they lose it, and the next acquire starts it anew.
Exits with 0 also if it does not run.

With --json: { name, stopped }; stopped is false if it did not run.`,
  options: [
    { name: "force", description: "Stop it although it has clients" },
    { name: "timeout", value: "TIME", description: "Until procref gives up waiting for its end" },
    ...PLACE_OPTIONS,
  ],
  examples: ["procref stop pg", "procref stop pg --force"],
  completes: "services",
  command: "none",
  run,
};
export default verb;

async function run(args: Arguments): Promise<number> {
  const name = nameOf(args, "a service");
  const timeout = duration(args, "timeout") ?? Infinity;
  const { address: { fullName, directory } } = await lookAt(name, placeOf(args));
  const options = {
    timeout,
    force: args.has("force"),
    ...(directory === undefined ? {} : { directory }),
  };
  const stopped = await showing(() => `Stopping ${name}`, stopService(fullName, options));
  if (args.has("json")) printJson({ name, stopped });
  else tell(stopped ? `stopped ${quote(name)}` : `service ${quote(name)} does not run`);
  return EXIT.ok;
}
