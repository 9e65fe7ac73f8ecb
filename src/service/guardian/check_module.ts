import { UnsupportedError } from "../../../ffi/errors.ts";
import { statusAt } from "../../file/posix.ts";

/**
 * Checks that a guardian could import a module later.
 *
 * @throws {UnsupportedError} It lies inside a compiled program, or nowhere.
 */
export function checkModule(module: string): void {
  if (!module.startsWith("file:")) return;
  const path = decodeURIComponent(new URL(module).pathname);
  if (statusAt(path, "follow")?.regular) return;
  throw new UnsupportedError(
    `Running onLastRelease of ${module} from the guardian`,
    "a host where that module is no file (inside a compiled program, for example)",
  );
}
