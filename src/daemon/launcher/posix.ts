import { lastWords } from "../../file/last_words.ts";
import { close, OPEN, open, readText, statusOf } from "../../file/posix.ts";
import type { Claim } from "../pid_file/system.ts";
import { Leader } from "./leader.ts";
import { anonymousFile, readOrder, writeOrder } from "./order.ts";
import { TITLE } from "./script.ts";
import type { Launched, LaunchState, Start } from "./system.ts";

/** Starts a daemon by a shell that leads its session (leader.ts). */
export function launchOnPosix(start: Start, pidFile: Claim | undefined): Launched {
  const { settings, informed, command, environment } = start;
  using opened = new DisposableStack();
  const output = opened.adopt(openOutput(start), close);
  const order = opened.adopt(writeOrder(settings), close);
  const from = statusOf(output).size;
  const leader = Leader.start({
    command,
    environment,
    directory: informed ? undefined : settings.workingDirectory,
    umask: settings.umask,
    informed,
    order,
    output,
    pidFile: pidFile?.file,
  });
  return new PosixLaunch(leader, order, output, from, opened.move());
}

/** The log; or, until it is ready, a place where a daemon that knows of it leaves its words for us. */
function openOutput({ settings: { log }, informed }: Start): number {
  if (log !== undefined) {
    return open(log, OPEN.writeOnly | OPEN.create | OPEN.append, 0o644);
  }
  return informed ? anonymousFile("procref-output") : open("/dev/null", OPEN.writeOnly);
}

class PosixLaunch implements Launched {
  readonly #output: number;
  readonly from: number;
  readonly #leader: Leader;
  readonly #order: number;
  readonly #opened: Disposable;

  constructor(leader: Leader, order: number, output: number, from: number, opened: Disposable) {
    this.#leader = leader;
    this.#order = order;
    this.#output = output;
    this.from = from;
    this.#opened = opened;
  }

  get ended(): Promise<string> {
    return this.#leader.ended;
  }

  state(): LaunchState {
    return readOrder(this.#order);
  }

  lastWords(): string {
    return lastWords(`/proc/self/fd/${this.#output}`, this.from);
  }

  signalled(): Promise<void> {
    return this.#leader.signalled();
  }

  /** It is the launcher's shell first. Its command line reads empty in the middle of execve(2). */
  isProgram(pid: number): boolean {
    const words = readText(`/proc/${pid}/cmdline`)?.split("\0") ?? [];
    return words.length > 1 && words[3] !== TITLE;
  }

  letGo(): Promise<void> {
    return this.#leader.letGo();
  }

  end(): Promise<void> {
    return this.#leader.end();
  }

  [Symbol.dispose](): void {
    this.#opened[Symbol.dispose]();
  }
}
