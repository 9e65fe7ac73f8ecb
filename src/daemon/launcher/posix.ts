import { platform } from "../../../ffi/platform.ts";
import { lastWords, TAIL, told } from "../../file/last_words.ts";
import { close, OPEN, open, readText, statusOf } from "../../file/posix.ts";
import type { Claim } from "../pid_file/system.ts";
import { Leader } from "./leader.ts";
import { namelessFile, readAt } from "./nameless.ts";
import { type OrderState, readOrder, writeOrder } from "./order.ts";
import { TITLE } from "./script.ts";
import type { Launched, Start } from "./system.ts";

// Another system's way is loaded only there.
const darwin = platform === "darwin" ? await import("./words_darwin.ts") : undefined;

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
  return new PosixLaunch(start, leader, { order, output, from }, opened.move());
}

/** The log; or, until it is ready, a place where a daemon that knows of it leaves its words for us. */
function openOutput({ settings: { log }, informed }: Start): number {
  if (log !== undefined) {
    return open(log, OPEN.writeOnly | OPEN.create | OPEN.append, 0o644);
  }
  return informed ? namelessFile("procref-output") : open("/dev/null", OPEN.writeOnly);
}

/** What its launcher looks into. */
interface Files {
  readonly order: number;
  readonly output: number;
  readonly from: number;
}

class PosixLaunch implements Launched {
  readonly #start: Start;
  readonly #leader: Leader;
  readonly #files: Files;
  readonly #opened: Disposable;

  constructor(start: Start, leader: Leader, files: Files, opened: Disposable) {
    this.#start = start;
    this.#leader = leader;
    this.#files = files;
    this.#opened = opened;
  }

  get from(): number {
    return this.#files.from;
  }

  get ended(): Promise<string> {
    return this.#leader.ended;
  }

  introduce(): Promise<void> {
    return this.#leader.introduce(() => this.state().pid);
  }

  state(): OrderState {
    return readOrder(this.#files.order);
  }

  lastWords(): string {
    const { settings: { log }, informed } = this.#start;
    const { output, from } = this.#files;
    if (log !== undefined) return lastWords(log, from);
    return informed ? told(readAt(output, Math.max(0, statusOf(output).size - TAIL), TAIL)) : "";
  }

  signalled(): Promise<void> {
    return this.#leader.signalled();
  }

  /** It is the launcher's shell first. Its command line reads empty in the middle of execve(2). */
  isProgram(pid: number): boolean {
    const words = darwin?.commandLineOf(pid) ??
      readText(`/proc/${pid}/cmdline`)?.split("\0").slice(0, -1) ?? [];
    return words.length > 0 && words[3] !== TITLE;
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
