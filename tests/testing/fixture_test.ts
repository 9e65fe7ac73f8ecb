import { assertEquals } from "@std/assert";
import { existsSync, readFileSync } from "node:fs";
import { waitForExit } from "../../src/process/mod.ts";
import {
  eventually,
  type RuntimeName,
  temporaryDirectory,
  test,
  uniqueName,
} from "../harness/mod.ts";
import { TestRunner } from "./test_runner.ts";

const FILES = ["./first.case.ts", "./second.case.ts", "./third.case.ts"];
const GONE = 1000;

const MODES: readonly [runtime: RuntimeName, ...flags: string[]][] = [
  ["bun"],
  ["bun", "--parallel"],
  ["bun", "--parallel=3", "--no-isolate"],
  ["bun", "--isolate"],
  ["deno"],
  ["deno", "--parallel"],
  ["deno", "--preload=./fixture.ts"],
];

for (const [runtime, ...flags] of MODES) {
  const title = [runtime, "test", ...flags].join(" ");

  test(`one service serves a run of ${title} and goes with it`, async () => {
    using run = new Run();
    await using runner = run.start(runtime, flags);
    assertEquals(await runner.ended, 0, runner.output);
    await run.gone();
    const [pid = 0, ...more] = run.starts();
    assertEquals(more, []);
    assertEquals(run.visits(), [pid, pid, pid]);
  });

  test(`Ctrl-C ends ${title} and its service`, async () => {
    using run = new Run();
    await using runner = run.start(runtime, flags, "hang");
    await eventually(() => run.visits().length === 3, 20_000);
    runner.interrupt();
    await runner.ended;
    await run.gone();
    assertEquals(run.starts().length, 1);
  });

  test(`kill -9 of ${title} ends its service`, async () => {
    using run = new Run();
    await using runner = run.start(runtime, flags, "hang");
    await eventually(() => run.visits().length === 3, 20_000);
    runner.kill();
    assertEquals(await runner.ended, "SIGKILL");
    await run.gone();
    assertEquals(run.starts().length, 1);
  });
}

for (const [runtime, flag] of [["bun", "--bail"], ["deno", "--fail-fast"]] as const) {
  test(`the service goes when ${runtime} test ${flag} gives up`, async () => {
    using run = new Run();
    await using runner = run.start(runtime, [flag], "fail");
    assertEquals(await runner.ended, 1, runner.output);
    await run.gone();
    assertEquals(run.starts(), run.visits());
  });
}

/** What a run leaves to be looked at. */
class Run implements Disposable {
  readonly #directory = temporaryDirectory();
  readonly #service = uniqueName("fixture");

  start(runtime: RuntimeName, flags: readonly string[], ending = "pass"): TestRunner {
    const preload = runtime === "bun" ? ["--preload", "./fixture.ts"] : ["--quiet"];
    return new TestRunner(runtime, {
      args: [...flags, ...preload, ...FILES],
      env: {
        RUN_SERVICE: this.#service,
        RUN_STARTS: `${this.#directory.path}/starts`,
        RUN_VISITS: `${this.#directory.path}/visits`,
        RUN_ENDING: ending,
      },
      output: `${this.#directory.path}/output`,
      cwd: new URL("./run/", import.meta.url),
    });
  }

  /** The pids with which the service was started. */
  starts(): number[] {
    return this.#numbers("starts");
  }

  /** The pids under which the tests found it. */
  visits(): number[] {
    return this.#numbers("visits");
  }

  /** Resolves when the service has ended; the runner has, just now. */
  async gone(): Promise<void> {
    await Promise.all(this.starts().map((pid) => waitForExit(pid, { timeout: GONE })));
  }

  #numbers(file: string): number[] {
    const path = `${this.#directory.path}/${file}`;
    if (!existsSync(path)) return [];
    return readFileSync(path, "utf8").split("\n").slice(0, -1).map(Number);
  }

  [Symbol.dispose](): void {
    this.#directory[Symbol.dispose]();
  }
}
