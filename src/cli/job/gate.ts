import type { Words } from "./job.ts";

/** What a command waits at until whoever ends it, should procref be killed, knows of it. */
export interface Gate extends Disposable {
  /** The command, behind the gate. */
  behind(command: Words): Words;
  /** Lets it run. */
  open(): void;
}
