import { UnsupportedError } from "../../../ffi/errors.ts";
import type { GuardianHold } from "../../guardian/pipe.ts";
import { startGuardian } from "../../guardian/start.ts";
import { quote } from "../../name.ts";
import { which } from "../../process/which.ts";
import { runtime } from "../../runtime/mod.ts";
import { commandLine, executable, initialEnvironment } from "../../runtime/process_files.ts";
import type { Definition } from "../definition.ts";
import { pathsOf, type ServicePaths } from "../record/store.ts";
import { TOKEN_VARIABLE } from "../turn.ts";
import { permissionFlags } from "./flags.ts";

/** Whom a guardian watches over. */
export interface Charge {
  readonly name: string;
  readonly directory: string;
  /** The module with the service's own `onLastRelease`, if the guardian is to run it. */
  readonly module: string | undefined;
}

/** The charge of a service's guardian. */
export function chargeOf({ name, module }: Definition, { directory }: ServicePaths): Charge {
  return { name, directory, module };
}

/**
 * Starts a guardian and takes hold of it.
 *
 * @throws {UnsupportedError} A program made by `deno compile`, and no `deno` on the PATH.
 * @throws {SystemError} The system has no pipe or no process left, or no `sh`.
 */
export async function makeGuardian(charge: Charge): Promise<GuardianHold> {
  const { PASS } = await import("./bundle.ts");
  const command = passCommand(charge);
  return startGuardian({
    title: `procref-guardian of ${quote(charge.name)}`,
    command,
    pass: PASS,
    directory: charge.module === undefined ? "/" : workingDirectory(charge.module),
    environment: guardianEnvironment(charge),
    fifo: runtime.platform === "darwin" ? fifoOf(charge) : undefined,
  });
}

/** A name that no other guardian has. */
function fifoOf({ name, directory }: Charge): string {
  return `${pathsOf(directory, name).fifo}.${crypto.randomUUID()}`;
}

/** The environment of what watches over a service. */
export function guardianEnvironment(charge: Charge): Record<string, string> {
  const inherited = initialEnvironment();
  // A guardian is nobody's launched program, even if this process is.
  delete inherited[TOKEN_VARIABLE];
  return {
    ...inherited,
    ...runtime.scriptEnvironment,
    PROCREF_SERVICE: JSON.stringify({ name: charge.name, directory: charge.directory }),
  };
}

/** Where a module's configuration is looked for: beside it. */
function workingDirectory(module: string): string {
  return module.startsWith("file:") ? decodeURIComponent(new URL(".", module).pathname) : "/";
}

/** The command that runs a pass, given its code on standard input. */
export function passCommand(charge: Charge): string[] {
  const flags = charge.module === undefined ? ["--allow-ffi"] : permissionFlags(commandLine());
  return runtime.scriptFromStdin(interpreter(), flags);
}

function interpreter(): string {
  if (runtime.name === "bun" || !runtime.standalone) return executable();
  const path = initialEnvironment()["PATH"] ?? "";
  const deno = which("deno", { path });
  if (deno !== undefined) return deno;
  throw new UnsupportedError(
    "Guarding a service",
    "a program made by `deno compile` without a `deno` on the PATH to run the guardian's code",
  );
}
