import { ProcrefError } from "../../ffi/errors.ts";
import { checkText } from "../check.ts";
import { collect } from "./collect.ts";
import { checkReply, type LinesReply, type OutputReply, type Reply } from "./reply.ts";
import type { CommandRequest, ProcessRunner, RunnerOutput, StartedProcess } from "./runner.ts";
import type { ScriptedProcess } from "./scripted_process.ts";

interface Rule {
  matches(request: CommandRequest): boolean;
  readonly replies: readonly Reply[];
  used: number;
}

/**
 * Runs commands by a script, without any process: for tests of code that runs programs.
 *
 * Everything above behaves as with a real program: lines come one by one, exit codes count, timeouts and cancellation
 * end what still runs. In Deno it needs no permission. The first rule that matches answers; where none does, the program is `not_found`.
 *
 * @example
 * ```ts
 * import { Command, ScriptedRunner } from "@procref/procref/command";
 *
 * const runner = new ScriptedRunner()
 *   .on(["git", "status"], { stdout: "clean\n" })
 *   .on(["git", "push"], { code: 1, stderr: "try again" }, { stdout: "pushed\n" });
 * const push = new Command("git", { args: ["push"], runner });
 * console.log((await push.output()).code, await push.run()); // 1 "pushed"
 * ```
 */
export class ScriptedRunner implements ProcessRunner {
  readonly #rules: Rule[] = [];
  #otherwise: Rule | undefined;

  /**
   * Answers a command line that begins with these words: the program and its first arguments.
   *
   * @param argv The words, each compared as a whole.
   * @param replies What it answers; several are for one run each, and the last for all further ones.
   * @throws {TypeError | RangeError} A reply that can't be one.
   */
  on(argv: readonly string[], ...replies: [Reply, ...Reply[]]): this {
    if (!Array.isArray(argv) || argv.length === 0) {
      throw new TypeError("A rule begins with the program's name");
    }
    argv.forEach((word, index) => checkText(word, `Word ${index}`));
    return this.when(({ program, args }) => {
      const words = [program, ...args];
      return argv.every((word, index) => words[index] === word);
    }, ...replies);
  }

  /**
   * Answers what a function, or a pattern for the command line, accepts.
   *
   * @param match Is given the request; a pattern is given its `commandLine`.
   * @param replies As for `on()`.
   * @throws {TypeError | RangeError} A reply that can't be one.
   */
  when(
    match: RegExp | ((request: CommandRequest) => boolean),
    ...replies: [Reply, ...Reply[]]
  ): this {
    const matches = match instanceof RegExp
      ? ({ commandLine }: CommandRequest) => commandLine.search(match) !== -1
      : match;
    if (typeof matches !== "function") throw new TypeError("match is a function or a pattern");
    this.#rules.push(ruleOf(matches, replies));
    return this;
  }

  /**
   * Answers everything that no rule matches.
   *
   * @param replies As for `on()`.
   * @throws {TypeError | RangeError} A reply that can't be one.
   */
  otherwise(...replies: [Reply, ...Reply[]]): this {
    this.#otherwise = ruleOf(() => true, replies);
    return this;
  }

  /** Pretends to run to the end. @throws {ProcrefError} `not_found`: no rule matches; and what the reply throws. */
  async output(request: CommandRequest): Promise<RunnerOutput> {
    const reply = await this.#reply(request);
    const process = await started(reply, request);
    const collected = await collect(process, request);
    process.check();
    if ("lines" in reply) return collected;
    const { outputOf } = await import("./script.ts");
    return outputOf(collected, reply);
  }

  /** Pretends to start. @throws {ProcrefError} `not_found`: no rule matches; and what the reply throws. */
  async start(request: CommandRequest): Promise<StartedProcess> {
    return await started(await this.#reply(request), request);
  }

  async #reply(request: CommandRequest): Promise<OutputReply | LinesReply> {
    request.capture.signal?.throwIfAborted();
    const rule = this.#rules.find(({ matches }) => matches(request)) ?? this.#otherwise;
    if (rule === undefined) {
      throw new ProcrefError(
        "not_found",
        `\`${request.program}\` not found: nothing is scripted for ${request.commandLine}`,
      );
    }
    const reply = rule.replies[Math.min(rule.used++, rule.replies.length - 1)] ?? {};
    const answer = typeof reply === "function" ? await reply(request) : reply;
    checkReply(answer);
    if (answer instanceof Error) throw answer;
    return answer;
  }
}

function ruleOf(matches: Rule["matches"], replies: readonly Reply[]): Rule {
  if (replies.length === 0) throw new TypeError("A rule has a reply");
  replies.forEach(checkReply);
  return { matches, replies, used: 0 };
}

async function started(
  reply: OutputReply | LinesReply,
  request: CommandRequest,
): Promise<ScriptedProcess> {
  const [{ ScriptedProcess: Process }, { scriptOf }] = await Promise.all([
    import("./scripted_process.ts"),
    import("./script.ts"),
  ]);
  return new Process(scriptOf(reply), request);
}
