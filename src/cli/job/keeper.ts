// A sleeping shell beside the command that procref runs, in the same process group. It answers two questions that
// no process can answer by itself:
// - Did a signal go to the whole group? The terminal sends Ctrl-C to procref and to the command alike; passing it on
//   would make two of one. What reaches procref alone (kill) reaches no keeper, and is passed on.
// - What if procref is killed with SIGKILL? The kernel closes the pipe that the keeper reads, and the keeper ends the
//   command, by pid and start time.
//
// POSIX sh (trap, read): a trap runs between two commands, so the answer to a question always comes after the name
// of a signal that was sent before the question.

import { SystemError } from "../../../ffi/errors.ts";
import type { SpawnOptions } from "../../child/options.ts";
import { SharedChild } from "../../child/shared_child.ts";
import { close, writeAll } from "../../file/posix.ts";
import type { ProcessIdentity } from "../../process/identity.ts";
import type { SignalName } from "../../process/signals.ts";
import { runtime } from "../../runtime/mod.ts";
import type { Gate } from "./gate.ts";
import type { Looks } from "./looks.ts";
import { linux } from "./looks_linux.ts";

// Another system's way is loaded only there.
const darwin = runtime.platform === "darwin"
  ? (await import("./looks_darwin.ts")).darwin
  : undefined;
const looks: Looks = darwin ?? linux;
/** Where a command waits until it is known of; undefined where it need not. @throws {SystemError} */
export const openGate: () => Gate | undefined = looks.gate;

/** The variable by which a command is found whose start was cut short, before its pid could be told. */
const VARIABLE = "PROCREF_JOB";

// $1: the pipe to listen to. $2: what ends the command. $3...: the signals to tell of.
const SCRIPT = `${looks.listen}
end=$2 hit= pid= token= left=20
shift 2
for name do trap "echo $name; hit=1" "$name"; done
look() {
  state= group= since=${looks.look}}
marked() {${looks.marked}}
same() {
  look "$pid" && [ "\${state#Z}" = "$state" ] && [ "$since" = "$start" ]
}
while :; do
  if read -r word one two; then
    :
    case $word in
      ask) echo . ;;
      expect) token=$one ;;
      watch) pid=$one start=$two ;;
      quit) exit ;;
    esac
  elif [ -n "$hit" ]; then hit=
  else break
  fi
done
look $$
own=$group mark=${VARIABLE}=$token
for attempt in 1 2 3 4 5; do
  [ -z "$pid" ] && [ -n "$token" ] || break
  for one in $(marked); do
    look "$one"
    [ "$group" = "$own" ] || continue
    pid=$one start=$since
    break
  done
  [ -n "$pid" ] || sleep 0.05
done
[ -n "$pid" ] || exit 0
same && kill -s "$end" "$pid" && kill -s CONT "$pid"
while same && [ "$left" -gt 0 ]; do
  left=$((left - 1))
  sleep 0.1
done
same && kill -s KILL "$pid"
exit 0`;

/** Who sees to a command that must not outlive procref. */
export interface CommandKeeper {
  /** Resolves when it is at its post. */
  ready(): Promise<void>;
  /** Starts the command. */
  spawn(program: string, options: SpawnOptions): SharedChild;
  /** The command, as soon as it has a name. */
  watch(command: ProcessIdentity): void;
  /** True if a signal that procref has just got went to the command as well. */
  reached(signal: SignalName): Promise<boolean>;
  /** Sends it away. */
  end(): Promise<void>;
}

const ANSWER_WITHIN = 1000; // ms
const FRESH = 1000; // ms

/** The shell, and what it told. */
export class Keeper implements CommandKeeper {
  readonly #child: SharedChild;
  /** The write end of its pipe: written to at once, so that a kill a moment later finds it told. */
  readonly #input: number;
  #spare: number | undefined;
  readonly #reading: Promise<void>;
  /** Signals of the whole group, and when they were told. */
  readonly #told = new Map<string, number>();
  readonly #questions: (() => void)[] = [];
  #over = false;

  /**
   * Starts it.
   *
   * @param end What it sends to the command if procref is killed.
   * @param signals What it tells of.
   */
  constructor(end: "TERM" | "KILL", signals: readonly SignalName[]) {
    const { readEnd, writeEnd, path } = looks.pipe();
    [this.#spare, this.#input] = [readEnd, writeEnd];
    try {
      this.#child = SharedChild.spawn("/bin/sh", {
        args: ["-c", SCRIPT, "procref-keeper", path, end, ...signals.map((name) => name.slice(3))],
        cwd: "/",
        stdin: "null",
        stdout: "piped",
        stderr: "null",
      });
    } catch (error) {
      close(readEnd);
      close(writeEnd);
      looks.discard(path);
      throw error;
    }
    this.#reading = this.#read();
  }

  async ready(): Promise<void> {
    await this.#ask();
    this.#closeSpare();
  }

  /** A command that is killed before its pid could be told is found by its environment. */
  spawn(program: string, options: SpawnOptions): SharedChild {
    const token = crypto.randomUUID();
    this.#say(`expect ${token}`);
    return SharedChild.spawn(program, { ...options, env: { ...options.env, [VARIABLE]: token } });
  }

  watch({ pid, startTime }: ProcessIdentity): void {
    this.#say(`watch ${pid} ${looks.written(startTime)}`);
  }

  async reached(signal: SignalName): Promise<boolean> {
    await this.#ask();
    const name = signal.slice(3);
    const told = this.#told.get(name) ?? -Infinity;
    this.#told.delete(name);
    return performance.now() - told < FRESH;
  }

  async end(): Promise<void> {
    this.#say("quit");
    await this.#reading;
    await this.#child.wait();
    this.#closeSpare();
    close(this.#input);
  }

  /** The read end stays open here until the shell has it: a pipe without a reader would not be written to. */
  #closeSpare(): void {
    if (this.#spare !== undefined) close(this.#spare);
    this.#spare = undefined;
  }

  #ask(): Promise<void> {
    if (this.#over) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ANSWER_WITHIN);
      this.#questions.push(() => {
        clearTimeout(timer);
        resolve();
      });
      this.#say("ask");
    });
  }

  #say(line: string): void {
    try {
      writeAll(this.#input, new TextEncoder().encode(`${line}\n`));
    } catch (error) {
      // EPIPE: somebody killed it.
      if (!(error instanceof SystemError)) throw error;
    }
  }

  async #read(): Promise<void> {
    let rest = "";
    const decoder = new TextDecoder();
    for await (const piece of this.#child.takeStdout() ?? []) {
      const lines = (rest + decoder.decode(piece, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        if (line === ".") this.#questions.shift()?.();
        else this.#told.set(line, performance.now());
      }
    }
    this.#over = true;
    for (const answer of this.#questions.splice(0)) answer();
  }
}
