// A sleeping shell beside the command that procref runs, in the same process group. It answers two questions that
// no process can answer by itself:
// - Did a signal go to the whole group? The terminal sends Ctrl-C to procref and to the command alike; passing it on
//   would make two of one. What reaches procref alone (kill) reaches no keeper, and is passed on.
// - What if procref is killed with SIGKILL? The kernel closes the keeper's standard input, and the keeper ends the
//   command, by pid and start time.
//
// POSIX sh (trap, read): a trap runs between two commands, so the answer to a question always comes after the name
// of a signal that was sent before the question.

import { SharedChild } from "../../child/shared_child.ts";
import type { ProcessIdentity } from "../../process/identity.ts";
import type { SignalName } from "../../process/signals.ts";

// $1: what ends the command. $2...: the signals to tell of.
const SCRIPT = `end=$1 hit= pid=
shift
for name do trap "echo $name; hit=1" "$name"; done
same() {
  read -r stat <"/proc/$pid/stat" || return
  set -- \${stat##*) }
  [ "\${20}" = "$start" ]
}
while :; do
  if read -r word one two; then
    :
    case $word in
      ask) echo . ;;
      watch) pid=$one start=$two ;;
      quit) exit ;;
    esac
  elif [ -n "$hit" ]; then hit=
  else break
  fi
done
[ -n "$pid" ] && same && kill -s "$end" "$pid" && sleep 2 && same && kill -s KILL "$pid"
exit 0`;

const ANSWER_WITHIN = 1000; // ms
const FRESH = 1000; // ms

/** The shell, and what it told. */
export class Keeper {
  readonly #child: SharedChild;
  readonly #input: WritableStreamDefaultWriter<Uint8Array> | undefined;
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
    this.#child = SharedChild.spawn("/bin/sh", {
      args: ["-c", SCRIPT, "procref-keeper", end, ...signals.map((name) => name.slice(3))],
      cwd: "/",
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    });
    this.#input = this.#child.takeStdin()?.getWriter();
    this.#reading = this.#read();
  }

  /** Resolves when it listens. */
  async ready(): Promise<void> {
    await this.#ask();
  }

  /** The command that must not outlive procref. */
  watch({ pid, startTime }: ProcessIdentity): void {
    this.#say(`watch ${pid} ${startTime}`);
  }

  /** True if a signal that procref has just got went to the whole group. */
  async reached(signal: SignalName): Promise<boolean> {
    await this.#ask();
    const name = signal.slice(3);
    const told = this.#told.get(name) ?? -Infinity;
    this.#told.delete(name);
    return performance.now() - told < FRESH;
  }

  /** Sends it away. */
  async end(): Promise<void> {
    this.#say("quit");
    await this.#input?.close().catch(() => {});
    await this.#reading;
    await this.#child.wait();
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
    this.#input?.write(new TextEncoder().encode(`${line}\n`)).catch(() => {});
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
