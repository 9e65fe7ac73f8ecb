// Bundles the guardian's pass into one text, which each guardian carries with it: so it depends on no file, no
// cache and no network at the moment when it is needed, and is there in compiled programs as well.
// `--check` only compares.

const SOURCE = "src/service/guardian/main.ts";
const TARGET = "src/service/guardian/bundle.ts";
/** No guardian of this kind runs on Windows. */
const ELSEWHERE = ["*/windows.ts", "*/windows/status.ts"].map((path) => `--external=${path}`);

const { stdout, success, stderr } = await new Deno.Command("./node_modules/.bin/bun", {
  args: ["build", SOURCE, "--target=bun", "--format=esm", "--minify", ...ELSEWHERE],
}).output();
if (!success) throw new Error(new TextDecoder().decode(stderr));

const code = new TextDecoder().decode(stdout).replace(/^\/\/ @bun\n/, "").trim();
const text = `// Made from main.ts by \`deno task bundle\`; not to be edited.

/** The program of a guardian's pass. */
export const PASS: string = ${JSON.stringify(code)};
`;

if (!Deno.args.includes("--check")) {
  await Deno.writeTextFile(TARGET, text);
  console.log(`${TARGET}: ${code.length} bytes of code`);
} else if (await Deno.readTextFile(TARGET) !== text) {
  console.error(`${TARGET} is out of date: run \`deno task bundle\``);
  Deno.exit(1);
}
