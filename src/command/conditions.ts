// What a started program may be waited for, besides its lines.

import { platform } from "../../ffi/platform.ts";
import { statusAt } from "../file/posix.ts";
import { answers, untilTrue } from "../ready/poll.ts";
import { accepts, acceptsAt } from "../ready/port.ts";
import { sleep, type WaitOptions } from "../wait.ts";
import { ready } from "./readiness.ts";
import type { Run } from "./run.ts";

// Another system's way is loaded only there.
const windows = platform === "windows" ? await import("../file/windows.ts") : undefined;

const QUICKLY = 10; // ms between two looks at a port, a socket or a path
const SLOWLY = 50; // ms between two requests, or questions of the user's

/** Something accepts connections on the port. */
export async function readyPort(run: Run, port: number, options: WaitOptions): Promise<void> {
  const what = `nothing accepts connections on port ${port}`;
  await until(run, what, () => accepts(port), QUICKLY, options);
}

/** The address answers with success. */
export async function readyHttp(run: Run, url: URL, options: WaitOptions): Promise<void> {
  const what = `${url} does not answer with success`;
  await until(run, what, (signal) => answers(url, signal), SLOWLY, options);
}

/** Something accepts connections on the socket. */
export async function readySocket(run: Run, path: string, options: WaitOptions): Promise<void> {
  const what = `nothing accepts connections on ${path}`;
  // A path that is too long is no "not yet", nor is what this system has not.
  acceptsAt(path);
  await until(run, what, () => acceptsAt(path), QUICKLY, options);
}

/** The path is there. */
export async function readyPath(run: Run, path: string, options: WaitOptions): Promise<void> {
  const there = () =>
    windows === undefined ? statusAt(path) !== undefined : windows.statusAt(path) !== undefined;
  await until(run, `${path} is not there`, there, QUICKLY, options);
}

/** The question is answered with true. */
export async function readyWhen(
  run: Run,
  check: () => boolean | Promise<boolean>,
  options: WaitOptions,
): Promise<void> {
  await until(run, "its check was not true", () => check(), SLOWLY, options);
}

async function until(
  run: Run,
  what: string,
  ask: (signal: AbortSignal) => boolean | Promise<boolean>,
  every: number,
  options: WaitOptions,
): Promise<void> {
  await ready(run, what, async (signal) => {
    await untilTrue(ask, every, signal);
    // Somebody else's port, or what is left of a program that has just ended, is not readiness.
    if (run.duration !== undefined) await sleep(Infinity, signal);
  }, options);
}
