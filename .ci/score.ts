// What JSR scores a package by, as far as it can be told before it is published, and one thing more: every exported
// function and class has an example. Looks at the package as it is published. Slow types are `deno publish`'s to
// refuse; which runtimes it is marked for, and its provenance, are settings of JSR.

import { readConfig } from "./config.ts";
import { build, standIns } from "./package.ts";

/** What `deno doc --json` tells. */
interface Documentation {
  readonly nodes: Readonly<Record<string, Module>>;
}

interface Module {
  readonly module_doc?: Comment;
  readonly symbols: readonly {
    readonly name: string;
    readonly declarations: readonly Declaration[];
  }[];
}

interface Declaration {
  readonly kind: string;
  readonly jsDoc?: Comment;
}

interface Comment {
  readonly doc?: string;
  readonly tags?: readonly { readonly kind: string; readonly doc?: string }[];
}

const LONGEST_DESCRIPTION = 250;
const NEED_EXAMPLES = ["function", "class"];

const folder = await Deno.makeTempDir();
try {
  await build(folder, await standIns());
  const problems = [...await ofThePackage(folder), ...await ofItsModules(folder)];
  for (const problem of problems) console.error(problem);
  Deno.exitCode = problems.length > 0 ? 1 : 0;
} finally {
  await Deno.remove(folder, { recursive: true });
}

async function ofThePackage(folder: string): Promise<string[]> {
  const { description, license } = await readConfig(folder);
  const readme = await Deno.readTextFile(`${folder}/README.md`);
  return [
    ...unless(description.length > 0, "There is no description"),
    ...unless(description.length <= LONGEST_DESCRIPTION, "The description is too long"),
    ...unless(license.length > 0, "There is no license"),
    ...unless(readme.includes("```ts"), "There is no example in the README"),
  ];
}

async function ofItsModules(folder: string): Promise<string[]> {
  const { exports } = await readConfig(folder);
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--json", ...Object.values(exports)],
    cwd: folder,
  }).output();
  const { nodes }: Documentation = JSON.parse(new TextDecoder().decode(stdout));
  const modules = Object.entries(nodes);
  return [
    ...unless(
      modules.length === Object.keys(exports).length,
      "An entry point has no documentation",
    ),
    ...modules.flatMap(([url, module]) => ofModule(url.split("/").at(-1) ?? url, module)),
  ];
}

function ofModule(where: string, { module_doc, symbols }: Module): string[] {
  return [
    ...unless(hasText(module_doc), `${where}: the module has no documentation`),
    ...unless(hasExample(module_doc), `${where}: the module has no example`),
    ...symbols.flatMap(({ name, declarations }) =>
      declarations.flatMap((one) => ofSymbol(`${where}: ${name}`, one))
    ),
  ];
}

/** A reference is documented where it leads to. */
function ofSymbol(where: string, { kind, jsDoc }: Declaration): string[] {
  if (kind === "reference") return [];
  return [
    ...unless(hasText(jsDoc), `${where} has no documentation`),
    ...unless(!NEED_EXAMPLES.includes(kind) || hasExample(jsDoc), `${where} has no @example`),
  ];
}

function hasText(comment: Comment | undefined): boolean {
  return (comment?.doc ?? "").trim() !== "";
}

function hasExample(comment: Comment | undefined): boolean {
  const texts = comment?.tags?.filter(({ kind }) => kind === "example").map(({ doc }) => doc);
  return texts?.some((text) => text?.includes("```ts")) ?? false;
}

function unless(fine: boolean, problem: string): string[] {
  return fine ? [] : [problem];
}
