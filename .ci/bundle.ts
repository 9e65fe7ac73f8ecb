// Bundles programs that run as processes of their own, each into one text which those who start it carry: so they depend
// on no file, no cache and no network at the moment when they are needed, and are there in compiled programs as well.
// `--check` only compares.

interface Bundle {
  readonly source: string;
  readonly target: string;
  readonly name: string;
  readonly text: string;
  /** It runs on Windows. */
  readonly windows?: boolean;
}

const BUNDLES: readonly Bundle[] = [
  {
    source: "src/service/guardian/main.ts",
    target: "src/service/guardian/bundle.ts",
    name: "PASS",
    text: "The program of a guardian's pass.",
  },
  {
    source: "src/counter/mach/main.ts",
    target: "src/counter/mach/bundle.ts",
    name: "KEEPER",
    text: "The program of a keeper.",
  },
  {
    source: "src/service/windows/keeper/main.ts",
    target: "src/service/windows/keeper/bundle.ts",
    name: "KEEPER",
    text: "The program of a service's keeper.",
    windows: true,
  },
];

/** A keeper makes no other. */
const ON_WINDOWS = ["--external=*/keeper/make.ts"];

/** What no process runs that is not there on Windows. */
const ELSEWHERE = ["*/windows.ts", "*/windows/status.ts", "*_windows.ts", "*/object/stop.ts"].map((
  path,
) => `--external=${path}`);

async function bundled({ source, windows = false }: Bundle): Promise<string> {
  const elsewhere = windows ? ON_WINDOWS : ELSEWHERE;
  const { stdout, success, stderr } = await new Deno.Command("./node_modules/.bin/bun", {
    args: ["build", source, "--target=bun", "--format=esm", "--minify", ...elsewhere],
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout).replace(/^\/\/ @bun\n/, "").trim();
}

for (const bundle of BUNDLES) {
  const { target, name, text } = bundle;
  const code = await bundled(bundle);
  const file = `// Made from main.ts by \`deno task bundle\`; not to be edited.

/** ${text} */
export const ${name}: string = ${JSON.stringify(code)};
`;
  if (!Deno.args.includes("--check")) {
    await Deno.writeTextFile(target, file);
    console.log(`${target}: ${code.length} bytes of code`);
  } else if (await Deno.readTextFile(target) !== file) {
    console.error(`${target} is out of date: run \`deno task bundle\``);
    Deno.exitCode = 1;
  }
}
