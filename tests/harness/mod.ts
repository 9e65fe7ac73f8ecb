/**
 * What the tests share: one `test` for both runners, real processes in either runtime, and a check after every
 * test that the kernel is as it was before.
 *
 * @module
 */

export { linuxTest, macTest, posixTest, test, windowsTest } from "./runner.ts";
export {
  denoWith,
  OWN,
  type Program,
  type RuntimeName,
  RUNTIMES,
  start,
  suspend,
} from "./program.ts";
export { eventually, temporaryDirectory, uniqueName } from "./resources.ts";
