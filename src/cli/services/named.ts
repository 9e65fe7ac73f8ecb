// From the names on a command line to services: those of the next procref.json upwards, or of the user.

import { ProcrefError } from "../../../ffi/errors.ts";
import { quote } from "../../name.ts";
import { directoryIn, serviceIn } from "../../service/file/from_file.ts";
import { FILE_NAME, findFile, readFile, type ServiceFile } from "../../service/file/read.ts";
import { SharedService } from "../../service/shared_service.ts";
import type { Arguments, Option } from "../verb.ts";

/** The options that say where services are looked for. */
export const PLACE_OPTIONS: readonly Option[] = [
  {
    name: "config",
    value: "FILE",
    description: `The file of services (default: the next ${FILE_NAME} upwards)`,
  },
  { name: "directory", value: "DIR", description: "Where records live (default: this user's)" },
];

/** Where names are looked up. */
export interface Place {
  readonly file: ServiceFile | undefined;
  readonly directory: string | undefined;
}

/** What the options say. @throws {ProcrefError} The file is not there, or says something wrong. */
export function placeOf(args: Arguments): Place {
  const path = args.text("config") ?? findFile();
  return {
    file: path === undefined ? undefined : readFile(path),
    directory: args.text("directory"),
  };
}

/** Where one service is found. */
export interface Address {
  /** As the user says it. */
  readonly name: string;
  /** As the kernel's count knows it. */
  readonly fullName: string;
  readonly directory: string | undefined;
}

/** Where a service of this name may be: the file's first, then the user's. */
export function addressesOf(name: string, { file, directory }: Place): Address[] {
  const entry = file?.services.get(name);
  const users: Address = { name, fullName: name, directory };
  if (file === undefined || entry === undefined) return [users];
  const of = serviceIn(file, name);
  return [{ name, fullName: of.name, directory: directory ?? directoryIn(file, name) }, users];
}

/** A service to be used: the file's, or one of the user's that runs already. */
export function namedService(name: string, { file, directory }: Place): SharedService {
  if (file?.services.has(name)) return serviceIn(file, name);
  const where = file === undefined
    ? `there is no ${FILE_NAME} in this directory or one above it`
    : `${file.path} does not name it (it has ${[...file.services.keys()].join(", ") || "none"})`;
  return new SharedService(name, {
    ...(directory === undefined ? {} : { directory }),
    onFirstAcquire() {
      throw new ProcrefError(
        "not_found",
        `Service ${quote(name)} does not run, --start is not given, and ${where}`,
      );
    },
  });
}

/** What a file's service adds to the environment of a command, before `{port}` and `{pid}` are filled in. */
export function providedBy(name: string, { file }: Place): Readonly<Record<string, string>> {
  return file?.services.get(name)?.provides ?? {};
}
