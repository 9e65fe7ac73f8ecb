import type { Definition } from "../definition.ts";
import type { State } from "../machine.ts";
import { recordFiles } from "./files.ts";
import type { ServiceRecord } from "./record.ts";

/** What of a definition stands in a record, for a guardian to go by. */
type Terms = Pick<Definition, "name" | "stop" | "linger" | "module">;

/** The record of a service that nobody has started yet. */
export function blankRecord({ name, stop, linger, module }: Terms): ServiceRecord {
  return {
    name,
    state: "none",
    token: "",
    previous: "",
    exclusive: false,
    guardian: undefined,
    job: undefined,
    info: undefined,
    startTime: "",
    generation: 0,
    startedAt: 0,
    stop,
    linger,
    module,
    idle: false,
    host: recordFiles.host(),
  };
}

/**
 * The record of a service that ended with its watch. What is left of it is what an unfinished start leaves: perhaps
 * processes that never belonged to it yet, and one that the kernel is ending. Its keeper and what it was for are over.
 */
export function fallenRecord(record: ServiceRecord): ServiceRecord {
  const state = record.state === "none" ? "none" : "starting";
  return { ...record, state, generation: 0, guardian: undefined, linger: 0, module: undefined };
}

/** The state that a record tells. */
export function stateOf(record: ServiceRecord): State {
  return record.state === "none" ? "absent" : record.state;
}
