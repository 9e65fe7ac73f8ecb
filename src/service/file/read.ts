import { ProcrefError } from "../../../ffi/errors.ts";
import { quote } from "../../name.ts";
import { JsonSyntaxError, type Node, parseJsonc, positionOf, valueOf } from "./jsonc.ts";
import { paths } from "./paths.ts";
import { SCHEMA } from "./schema.ts";
import { problemsOf } from "./validate.ts";

/** The name that is searched for. */
export const FILE_NAME = "procref.json";

const SHOWN = 10;

/** A service as the file describes it. */
export interface ServiceEntry {
  readonly command: string | readonly [string, ...string[]];
  readonly port?: number | "free";
  readonly ready?: {
    readonly line?: string;
    readonly pattern?: string;
    readonly port?: boolean;
    readonly http?: string;
    readonly timeout?: number | string;
  };
  readonly stop?: { readonly signal?: "SIGTERM"; readonly timeout?: number | string };
  readonly linger?: number | string;
  readonly env?: Readonly<Record<string, string>>;
  readonly provides?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly log?: string;
  readonly directory?: string;
  readonly scope?: "file" | "user";
}

/** A file that has been read. */
export interface ServiceFile {
  /** Its real path. */
  readonly path: string;
  readonly services: ReadonlyMap<string, ServiceEntry>;
}

/** The file in a directory or in one above it; undefined where there is none. */
export function findFile(from = "."): string | undefined {
  const { realPath, parentOf, within, isFile } = paths();
  let directory: string | undefined = realPath(from);
  while (directory !== undefined) {
    const path = within(directory, FILE_NAME);
    if (isFile(path)) return path;
    directory = parentOf(directory);
  }
  return undefined;
}

/**
 * Reads a file of services.
 *
 * @throws {ProcrefError} `"not_found"`: it is not there, or may not be read. `"invalid_config"`: what it says; the
 * message has the path, and for each problem line, column and key.
 */
export function readFile(path: string): ServiceFile {
  const { readText, realPath } = paths();
  const text = readText(path);
  if (text === undefined) throw new ProcrefError("not_found", `No file to read at ${quote(path)}`);
  const node = parse(path, text);
  const problems = problemsOf(node, SCHEMA);
  if (problems.length > 0) {
    const lines = problems.slice(0, SHOWN).map(({ path: key, message, offset }) =>
      at(path, text, offset, key === "" ? `the file ${message}` : `${key} ${message}`)
    );
    const more = problems.length - lines.length;
    if (more > 0) lines.push(`and ${more} more`);
    throw new ProcrefError("invalid_config", lines.join("\n"));
  }
  // The schema has been checked, and this type says the same.
  const { services } = valueOf(node) as { services: Record<string, ServiceEntry> };
  return { path: realPath(path), services: new Map(Object.entries(services)) };
}

function parse(path: string, text: string): Node {
  try {
    return parseJsonc(text);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw new ProcrefError("invalid_config", at(path, text, error.offset, error.message));
  }
}

function at(path: string, text: string, offset: number, message: string): string {
  const { line, column } = positionOf(text, offset);
  return `${path}:${line}:${column}: ${message}`;
}
