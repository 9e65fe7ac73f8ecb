// What deno.json says of the package.

/** The part of deno.json that these scripts read. */
export interface Config {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly description: string;
  /** The entry points: their names and their files. */
  readonly exports: Readonly<Record<string, string>>;
  readonly compilerOptions: Readonly<Record<string, unknown>>;
  readonly imports: Readonly<Record<string, string>>;
}

/** Reads it, here or in the folder of a built package. */
export async function readConfig(folder = "."): Promise<Config> {
  return JSON.parse(await Deno.readTextFile(`${folder}/deno.json`));
}

/** The files of the entry points, as arguments of a command. */
export async function entries(): Promise<string[]> {
  return Object.values((await readConfig()).exports).map((file) => file.replace("./", ""));
}
