import { runtime } from "../runtime/mod.ts";

const MARKS = ["CI", "GITHUB_ACTIONS", "GITLAB_CI", "TRAVIS", "CIRCLECI", "JENKINS_URL"];

/**
 * Tells whether this runs on a build server: one of `CI`, `GITHUB_ACTIONS`, `GITLAB_CI`, `TRAVIS`, `CIRCLECI`
 * and `JENKINS_URL` is set, to anything but an empty string, `0` or `false`.
 *
 * @param env The variables to look at. Default: this process's environment.
 * @returns True on a build server.
 *
 * @example
 * ```ts
 * import { isCi } from "@procref/procref/process";
 *
 * const patience = isCi() ? 60_000 : 10_000;
 * console.log(patience, isCi({ CI: "true" }), isCi({ CI: "false" })); // 10000 true false
 * ```
 */
export function isCi(
  env: Readonly<Record<string, string | undefined>> = runtime.environment(),
): boolean {
  return MARKS.some((mark) => !["", "0", "false"].includes(env[mark]?.toLowerCase() ?? ""));
}
