// Compares the tables of `ffi/` with the headers and libraries of every system: a wrong number, size, offset or
// prototype, or a function that is not there, fails. Nothing of those systems is needed but a C compiler. With
// `--if-installed` nothing is downloaded.

import { compile, install, isInstalled } from "./compiler.ts";
import { generate } from "./generate.ts";
import { prove } from "./prove.ts";
import { type Target, TARGETS } from "./targets.ts";

const directory = await Deno.makeTempDir({ prefix: "procref-abi-" });

async function check({ title, triple, contract, runs }: Target): Promise<boolean> {
  const program = `${directory}/${triple}`;
  const complaint = await compile(generate(contract), triple, program);
  if (complaint !== undefined) {
    console.error(complaint.text.split("\n").filter((line) => line.includes("error")).join("\n"));
  }
  const ran = complaint === undefined && runs;
  const success = complaint === undefined && (!runs || await run(program, triple));
  const sizes = [
    contract.constants.reduce((sum, one) => sum + Object.keys(one).length, 0),
    contract.layouts.reduce((sum, { at }) => sum + 1 + Object.keys(at).length, 0),
    contract.tables.reduce((sum, one) => sum + Object.keys(one).length, 0),
  ];
  const [constants, offsets, functions] = sizes;
  const verdict = success ? "ok  " : "FAIL";
  console.log(
    `${verdict} ${title}: ${constants} constants, ${offsets} sizes and offsets, ${functions} prototypes` +
      (ran ? "; linked and run" : "; linked"),
  );
  return success;
}

async function run(program: string, triple: string): Promise<boolean> {
  // A musl program is linked statically and needs nothing here.
  const { success } = await new Deno.Command(program, { stdin: "null" }).spawn().status;
  if (!success) console.error(`${triple}: the program failed`);
  return success;
}

async function checkAll(): Promise<boolean> {
  await install();
  const results: boolean[] = [];
  for (const target of TARGETS) results.push(await check(target));
  results.push(await prove(directory));
  return results.every(Boolean);
}

try {
  // What runs before other checks does not wait for a large download.
  const skipped = Deno.args.includes("--if-installed") && !isInstalled();
  if (skipped) console.log("The compiler is not installed (deno task abi): nothing compared");
  else if (!await checkAll()) Deno.exitCode = 1;
} finally {
  await Deno.remove(directory, { recursive: true });
}
